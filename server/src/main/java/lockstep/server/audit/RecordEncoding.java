package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import lockstep.crypto.Sha256;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/**
 * How records become bytes, and bytes a chain. A record is encoded as a label and its columns in a
 * fixed order, each as a byte 0 if it is null, else as a byte 1, its length in four bytes, big end
 * first, and its content: ids as text, instants as microseconds since 1970 in decimal digits, texts
 * in UTF-8. So no two different records have one encoding.
 *
 * <p>The hash of a record is SHA-256 of the hash of the record before it and the SHA-256 of its
 * encoding. Its number is not encoded: the chain starts at a hash that names the organisation, so
 * each hash belongs to one place.
 */
final class RecordEncoding {

  private static final byte[] RECORD = label("lockstep audit record 1");
  private static final byte[] CHECKPOINT = label("lockstep audit checkpoint 1");
  private static final byte[] RETENTION = label("lockstep audit retention 1");
  private static final byte[] SUCCESSION = label("lockstep server key succession 1");
  private static final byte[] START = label("lockstep audit chain 1");

  /** What is encoded, in this order. */
  static final List<TableField<AuditEventRecord, ?>> COLUMNS =
      List.of(
          AUDIT_EVENT.ORGANISATION_ID,
          AUDIT_EVENT.ID,
          AUDIT_EVENT.CREATED_AT,
          AUDIT_EVENT.ACTION,
          AUDIT_EVENT.RESOURCE_TYPE,
          AUDIT_EVENT.RESOURCE_ID,
          AUDIT_EVENT.ENVIRONMENT_ID,
          AUDIT_EVENT.ACCOUNT_KIND,
          AUDIT_EVENT.ACCOUNT_ID,
          AUDIT_EVENT.ACCOUNT_NAME,
          AUDIT_EVENT.TOKEN_ID,
          AUDIT_EVENT.CLIENT_ADDRESS,
          AUDIT_EVENT.USER_AGENT,
          AUDIT_EVENT.REQUEST_ID,
          AUDIT_EVENT.DESCRIPTION,
          AUDIT_EVENT.DETAILS);

  private RecordEncoding() {}

  /** Digest of the content of a record that is about to be stored. */
  static byte[] digest(EventContent event) {
    RecordOutput out = new RecordOutput(RECORD);
    for (Object value : event.columns().subList(0, COLUMNS.size() - 1)) {
      out.add(value);
    }
    out.addUtf8(event.shared().details().utf8());
    return out.digest();
  }

  /** Digest of the content of a stored record. */
  static byte[] digest(byte[] @Nullable [] columns) {
    return Sha256.of(encode(RECORD, columns));
  }

  /** What stands for the record before the first one. */
  static byte[] start(String organisation) {
    return Sha256.of(encode(START, bytes(organisation)));
  }

  /** What the signature of a checkpoint signs. */
  static byte[] checkpoint(String organisation, long sequence, byte[] hash, Instant at) {
    return encode(CHECKPOINT, bytes(organisation), bytes(sequence), hash, bytes(at));
  }

  /** What the signature under the removal of old records signs. */
  static byte[] retention(
      String organisation, long firstKept, byte[] hashBefore, long removed, Instant at) {
    return encode(
        RETENTION, bytes(organisation), bytes(firstKept), hashBefore, bytes(removed), bytes(at));
  }

  /** What the signatures of two server keys sign of which one follows the other. */
  static byte[] succession(
      String previous,
      String previousCheckpoints,
      String next,
      String nextCheckpoints,
      Instant at) {
    return encode(
        SUCCESSION,
        bytes(previous),
        bytes(previousCheckpoints),
        bytes(next),
        bytes(nextCheckpoints),
        bytes(at));
  }

  /** The content of a column. */
  static byte @Nullable [] bytes(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    Object text =
        value instanceof Instant instant
            ? ChronoUnit.MICROS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MICROS))
            : value;
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encode(byte[] label, byte[] @Nullable ... parts) {
    int length = label.length;
    for (byte[] part : parts) {
      length += part == null ? 1 : 1 + Integer.BYTES + part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length).put(label);
    for (byte[] part : parts) {
      if (part == null) {
        out.put((byte) 0);
      } else {
        out.put((byte) 1).putInt(part.length).put(part);
      }
    }
    return out.array();
  }

  private static byte[] label(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
