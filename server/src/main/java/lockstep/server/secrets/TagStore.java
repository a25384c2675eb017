package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.TAG;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.http.ApiException;
import lockstep.server.ids.Uuids;
import lockstep.server.store.Chunks;
import lockstep.server.store.tables.tables.records.TagRecord;
import org.jooq.DSLContext;

/** The tags of an organisation, as one transaction needs them. */
final class TagStore {

  /** How many tags that nobody has used yet one request may make. */
  private static final int MAXIMUM_NEW = 1_000;

  private final DSLContext db;
  private final CiphertextAccess access;
  private final Instant now;

  TagStore(DSLContext db, CiphertextAccess access, Instant now) {
    this.db = db;
    this.access = access;
    this.now = now;
  }

  /**
   * The ids of tags with these names, made if missing.
   *
   * @throws ApiException 400 if too many are missing
   */
  Map<String, UUID> ids(Collection<String> names) {
    // In one order for all writers of the organisation, or two could wait for each other.
    SortedSet<String> missing = new TreeSet<>(names);
    Map<String, UUID> found = find(missing);
    missing.removeAll(found.keySet());
    if (missing.size() > MAXIMUM_NEW) {
      throw ApiException.badRequest(
          "'tags' of one request cannot make more than " + MAXIMUM_NEW + " new tags.");
    }
    if (!missing.isEmpty()) {
      insert(missing);
      // Asked for again: another writer may have made some of them first.
      found.putAll(find(missing));
    }
    return found;
  }

  private Map<String, UUID> find(Collection<String> names) {
    Map<String, UUID> found = new HashMap<>();
    for (List<String> chunk : Chunks.of(names)) {
      found.putAll(
          db.select(TAG.NAME, TAG.ID)
              .from(TAG)
              .where(TAG.ORGANISATION_ID.eq(access.organisation().value()))
              .and(TAG.NAME.in(chunk))
              .fetchMap(TAG.NAME, TAG.ID));
    }
    return found;
  }

  private void insert(Collection<String> names) {
    List<TagRecord> rows = new ArrayList<>(names.size());
    for (String name : names) {
      TagRecord row = new TagRecord();
      row.setId(Uuids.v7(now));
      row.setOrganisationId(access.organisation().value());
      row.setName(name);
      row.setColor("");
      row.setCreatedAt(now);
      rows.add(row);
    }
    for (List<TagRecord> chunk : Chunks.of(rows)) {
      db.insertInto(TAG).set(chunk).onConflictDoNothing().execute();
    }
  }
}
