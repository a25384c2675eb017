package lockstep.server.secrets;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.HistoryAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.StoredVersion.Author;
import lockstep.server.secrets.VersionPage.Account;
import lockstep.server.secrets.VersionPage.Version;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * The versions of one secret, of any app. What is read is on record first. The values of a secret
 * that is sealed, or was when it was deleted, are not shown, of no version: the sealed value may be
 * older than the seal.
 */
public final class SecretHistory {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final Audit audit;
  private final Clock clock;

  /** Reads and restores what is kept in this database. */
  public SecretHistory(Database database, EnvironmentKeyring keyring, Audit audit, Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Some versions of a secret, newest first.
   *
   * @param cursor where an earlier page ended
   * @throws ApiException 404 if the secret never was in this environment
   */
  VersionPage versions(HistoryAccess access, String id, Optional<String> cursor, int limit) {
    CiphertextAccess granted = access.to(Action.READ);
    Rows rows =
        database.read(
            db -> {
              KnownSecret known = find(db, granted, id);
              UUID secret = known.secret().id();
              Optional<Instant> before = cursor.map(text -> time(db, granted, secret, text));
              // One more tells whether there is another page, and what the last one changed.
              List<StoredVersion> found = VersionStore.page(db, granted, secret, before, limit + 1);
              return new Rows(
                  known.secret().isSealed(), found, HistoryTexts.open(db, keyring, access));
            });
    VersionPage page;
    try (HistoryTexts texts = rows.texts()) {
      page = page(rows, limit, texts);
    }
    List<StoredVersion> shown = rows.found().subList(0, page.data().size());
    audit.recordDurably(access.caller(), List.of(SecretEvents.versionsRead(granted, shown)));
    return page;
  }

  private static VersionPage page(Rows rows, int limit, HistoryTexts texts) {
    List<StoredVersion> found = rows.found();
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < Math.min(limit, found.size()); i++) {
      StoredVersion one = found.get(i);
      SecretContent content = one.content();
      boolean withValue = !rows.isSealed() && !content.isSealed();
      Author author = one.author().orElseThrow();
      versions.add(
          new Version(
              one.version(),
              one.event(),
              i + 1 < found.size() ? texts.changed(found.get(i + 1).content(), content) : List.of(),
              content.path(),
              content.keyDigest(),
              content.tags(),
              content.type(),
              texts.plaintext(content, withValue),
              texts.ciphertext(content, withValue),
              Account.of(author),
              author.clientAddress(),
              author.userAgent(),
              one.createdAt()));
    }
    boolean isLast = found.size() <= limit;
    return new VersionPage(versions, isLast ? null : found.get(limit - 1).id().toString());
  }

  private static Instant time(DSLContext db, CiphertextAccess access, UUID secret, String cursor) {
    return Uuids.parse(cursor)
        .flatMap(row -> VersionStore.timeOf(db, access, secret, row))
        .orElseThrow(() -> ApiException.badRequest("Invalid cursor"));
  }

  /**
   * The id of a secret that is or was in this environment, for one who may restore something.
   *
   * @throws ApiException 404 if it never was
   */
  UUID find(HistoryAccess access, String id) {
    CiphertextAccess granted = access.toEither(Action.UPDATE, Action.CREATE);
    return database.read(db -> find(db, granted, id).secret().id());
  }

  private static KnownSecret find(DSLContext db, CiphertextAccess access, String id) {
    return Uuids.parse(id)
        .flatMap(
            known ->
                Optional.ofNullable(SecretStore.findEver(db, access, Set.of(known)).get(known)))
        .orElseThrow(() -> ApiException.notFound("Secret not found: " + Echo.shorten(id)));
  }

  /**
   * Gives a secret the content of one of its versions, as a new version. A deleted one exists
   * again.
   *
   * @throws ApiException 404 if there is no such version, 409 if the name is taken
   */
  RestoredSecret restore(HistoryAccess access, UUID id, long version) {
    CiphertextAccess granted = access.toEither(Action.UPDATE, Action.CREATE);
    return database.write(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, granted, clock);
          KnownSecret known = find(db, granted, id.toString());
          access.to(known.deleted() ? Action.CREATE : Action.UPDATE);
          StoredSecret before = known.secret();
          SecretRules.requireRestorable(before);
          SecretContent content = version(db, granted, id, version).content();
          SecretRules.requireStillSealed(before, content);
          StoredSecret after = writer.restored(before, content);
          Set<UUID> deleted = known.deleted() ? Set.of(id) : Set.of();
          writer.restore(List.of(before), List.of(after), deleted);
          audit.record(
              db, access.caller(), SecretEvents.restored(granted, after, version, known.deleted()));
          return new RestoredSecret(
              id,
              granted.environment().value(),
              after.version(),
              (int) version,
              known.deleted() ? "create" : "update",
              after.updatedAt());
        });
  }

  private static StoredVersion version(
      DSLContext db, CiphertextAccess access, UUID id, long version) {
    return Optional.of(version)
        .filter(number -> number > 0 && number <= Integer.MAX_VALUE)
        .flatMap(number -> VersionStore.find(db, access, id, number.intValue()))
        .orElseThrow(() -> ApiException.notFound("Version not found: " + version));
  }

  private record Rows(boolean isSealed, List<StoredVersion> found, HistoryTexts texts) {}
}
