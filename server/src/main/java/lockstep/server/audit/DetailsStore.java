package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_DETAIL;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.Sha256;
import lockstep.server.http.Json;
import lockstep.server.store.PlainSql;
import lockstep.server.store.StoredBytes;
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
   * Looks for the long ones of these details. What is found stays: the events are of now, and
   * retention keeps at least a month; those of an earlier version get their places before any
   * server of the database begins with retention.
   */
  static Kept find(PlainSql sql, UUID organisation, List<PlacelessEvent> events) {
    Map<Content, String> references = new LinkedHashMap<>();
    List<String> stored =
        events.stream()
            .map(PlacelessEvent::content)
            .map(
                event -> {
                  Json.Written details = event.shared().details();
                  return details.json().length() < LONG
                      ? details.json()
                      : references.computeIfAbsent(
                          new Content(month(event.createdAt()), details), DetailsStore::reference);
                })
            .toList();
    references.entrySet().removeIf(entry -> isKept(sql, organisation, entry));
    return new Kept(organisation, stored, Collections.unmodifiableMap(references));
  }

  private static boolean isKept(
      PlainSql sql, UUID organisation, Map.Entry<Content, String> reference) {
    Optional<String> kept = sql.one(KEPT, row -> row.text(1), organisation, reference.getValue());
    if (kept.isPresent() && !kept.get().equals(reference.getKey().details().json())) {
      // Or else the event would be shown and delivered with what somebody has put there.
      throw new AuditUnavailableException("details that an event refers to were changed");
    }
    return kept.isPresent();
  }

  /**
   * What was found of the details of events.
   *
   * @param stored what to store in the events in place of their details
   * @param missing the details that are referred to, and were not found
   */
  record Kept(UUID organisation, List<String> stored, Map<Content, String> missing) {

    /**
     * Keeps what was missing, unless somebody else has done so meanwhile. From now on nobody else
     * may append to the chain of this organisation until the transaction ends.
     *
     * @return what to store in the events in place of their details
     */
    List<String> keep(PlainSql sql) {
      for (Map.Entry<Content, String> one : missing.entrySet()) {
        if (!isKept(sql, organisation, one)) {
          sql.updateEach(
              KEEP,
              List.of(
                  List.of(
                      organisation,
                      one.getValue(),
                      one.getKey().month(),
                      one.getKey().details().json())));
        }
      }
      return stored;
    }

    @Override
    public String toString() {
      return "Kept[" + stored.size() + ", " + missing.size() + " missing]";
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
    byte[] digest = Sha256.of(content.details().utf8());
    return REFERENCE + content.month() + " " + HexFormat.of().formatHex(digest);
  }

  /** Such as 202611. */
  private static Long month(Instant time) {
    LocalDate date = LocalDate.ofInstant(time, ZoneOffset.UTC);
    return date.getYear() * 100L + date.getMonthValue();
  }

  private record Content(Long month, Json.Written details) {

    @Override
    public String toString() {
      return "Content[of " + month + "]";
    }
  }
}
