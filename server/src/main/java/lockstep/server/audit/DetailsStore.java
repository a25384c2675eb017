package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_DETAIL;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.store.PlainSql;
import lockstep.server.store.Sha256;
import lockstep.server.store.StoredBytes;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * How the details of events are stored when they are long, which are those of reads of many
 * secrets: once a month for all events that have the same, which refer to them by what they are.
 * Whoever reads events finds them complete, and their hashes are those of complete events; so
 * whoever changes details changes every event that refers to them, and is found.
 *
 * <p>A reference is the letter {@code @}, which no details begin with, the month of the event, a
 * space, and the SHA-256 of the details in hexadecimal digits.
 */
public final class DetailsStore {

  /** A reference takes a fifth of that. */
  private static final int LONG = 400;

  private static final String REFERENCE = "@";

  private static final String KEPT =
      "select content from audit_detail where organisation_id = ? and reference = ?";

  private static final String KEEP =
      "insert into audit_detail (organisation_id, reference, month, content) values (?, ?, ?, ?)";

  /**
   * The details of an event, wherever they are kept. Looked up for each row by itself: a join would
   * have databases sort all events anew, instead of going along the chain.
   */
  public static final Field<String> COMPLETE =
      complete(AUDIT_DETAIL.CONTENT, AUDIT_EVENT.DETAILS).as("complete_details");

  private DetailsStore() {}

  /** As {@link #COMPLETE}, exactly as stored. */
  static Field<byte[]> completeBytes(DSLContext db) {
    return complete(
        StoredBytes.of(db, AUDIT_DETAIL.CONTENT), StoredBytes.of(db, AUDIT_EVENT.DETAILS));
  }

  private static <T> Field<T> complete(Field<T> kept, Field<T> stored) {
    Field<T> found =
        DSL.field(
            DSL.select(kept)
                .from(AUDIT_DETAIL)
                .where(AUDIT_DETAIL.ORGANISATION_ID.eq(AUDIT_EVENT.ORGANISATION_ID))
                .and(AUDIT_DETAIL.REFERENCE.eq(AUDIT_EVENT.DETAILS)));
    return DSL.when(AUDIT_EVENT.DETAILS.like(REFERENCE + "%"), DSL.coalesce(found, stored))
        .otherwise(stored);
  }

  /**
   * Keeps the long ones of these details, where they are not yet. Nobody else may append to the
   * chain of this organisation at the same time.
   *
   * @return what to store in the events in place of their details
   */
  static List<String> keep(PlainSql sql, UUID organisation, List<AuditEventRecord> events) {
    Map<Content, String> references = new LinkedHashMap<>();
    List<String> stored =
        events.stream()
            .map(
                event ->
                    event.getDetails().length() < LONG
                        ? event.getDetails()
                        : references.computeIfAbsent(
                            new Content(month(event.getCreatedAt()), event.getDetails()),
                            DetailsStore::reference))
            .toList();
    references.forEach((content, reference) -> keep(sql, organisation, reference, content));
    return stored;
  }

  private static void keep(PlainSql sql, UUID organisation, String reference, Content content) {
    Optional<String> kept = sql.one(KEPT, row -> row.text(1), organisation, reference);
    if (kept.isEmpty()) {
      sql.updateEach(
          KEEP, List.of(List.of(organisation, reference, content.month(), content.details())));
    } else if (!kept.get().equals(content.details())) {
      // Or else the event would be shown and delivered with what somebody has put there.
      throw new AuditUnavailableException("details that an event refers to were changed");
    }
  }

  /** Removes details that no event refers to, because they are of months before the oldest one. */
  static void removeUnused(DSLContext db, UUID organisation) {
    // Another server must not come to refer to them meanwhile.
    ChainStore.holdChain(db, organisation);
    Optional<Instant> oldest =
        db.select(AUDIT_EVENT.CREATED_AT)
            .from(AUDIT_EVENT)
            .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation))
            .orderBy(AUDIT_EVENT.CREATED_AT)
            .limit(1)
            .fetchOptional(AUDIT_EVENT.CREATED_AT);
    if (oldest.isPresent()) {
      db.deleteFrom(AUDIT_DETAIL)
          .where(AUDIT_DETAIL.ORGANISATION_ID.eq(organisation))
          .and(AUDIT_DETAIL.MONTH.lt(month(oldest.get())))
          .execute();
    }
  }

  private static String reference(Content content) {
    byte[] digest = Sha256.of(content.details().getBytes(StandardCharsets.UTF_8));
    return REFERENCE + content.month() + " " + HexFormat.of().formatHex(digest);
  }

  /** Such as 202611. */
  private static Long month(Instant time) {
    LocalDate date = LocalDate.ofInstant(time, ZoneOffset.UTC);
    return date.getYear() * 100L + date.getMonthValue();
  }

  private record Content(Long month, String details) {}
}
