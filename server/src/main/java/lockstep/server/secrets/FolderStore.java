package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.FOLDER;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.references.SecretPath;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.http.ApiException;
import lockstep.server.ids.Uuids;
import lockstep.server.store.tables.tables.records.FolderRecord;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Finds and makes the folders of one environment, which its transaction has locked. */
final class FolderStore {

  private static final int MAXIMUM_NEW_FOLDERS = 5_000;

  private final DSLContext db;
  private final CiphertextAccess access;
  private final Instant now;
  private final Map<Place, UUID> known = new HashMap<>();
  private final Set<UUID> made = new HashSet<>();
  private final List<FolderRecord> unsaved = new ArrayList<>();

  FolderStore(DSLContext db, CiphertextAccess access, Instant now) {
    this.db = db;
    this.access = access;
    this.now = now;
  }

  /**
   * The folder at this path, made if missing, with all above it; null at the root. New ones are
   * stored by {@link #save}.
   *
   * @throws ApiException 400 if there are too many new ones
   */
  @Nullable UUID folder(SecretPath path) {
    UUID folder = null;
    for (String name : path.segments()) {
      Place place = new Place(folder, name);
      UUID existing = known.get(place);
      folder = existing == null ? findOrMake(place) : existing;
      known.put(place, folder);
    }
    return folder;
  }

  /** Stores the folders that were made. */
  void save() {
    db.batchInsert(unsaved).execute();
    unsaved.clear();
  }

  private UUID findOrMake(Place place) {
    UUID parent = place.parent();
    if (parent != null && made.contains(parent)) {
      return make(place);
    }
    return db.select(FOLDER.ID)
        .from(FOLDER)
        .where(FOLDER.ENVIRONMENT_ID.eq(access.environment().value()))
        .and(parent == null ? FOLDER.PARENT_ID.isNull() : FOLDER.PARENT_ID.eq(parent))
        .and(FOLDER.NAME.eq(place.name()))
        .fetchOptional(FOLDER.ID)
        .orElseGet(() -> make(place));
  }

  private UUID make(Place place) {
    if (made.size() == MAXIMUM_NEW_FOLDERS) {
      throw ApiException.badRequest(
          "'path' values would create more than " + MAXIMUM_NEW_FOLDERS + " folders.");
    }
    UUID id = Uuids.v7(now);
    FolderRecord row = new FolderRecord();
    row.setId(id);
    row.setOrganisationId(access.organisation().value());
    row.setEnvironmentId(access.environment().value());
    row.setParentId(place.parent());
    row.setName(place.name());
    row.setCreatedAt(now);
    unsaved.add(row);
    made.add(id);
    return id;
  }

  private record Place(@Nullable UUID parent, String name) {}
}
