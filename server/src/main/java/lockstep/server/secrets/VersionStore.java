package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.partitionBy;
import static org.jooq.impl.DSL.rowNumber;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.Caller;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.Json;
import lockstep.server.ids.Uuids;
import lockstep.server.secrets.StoredVersion.Author;
import lockstep.server.store.tables.tables.records.SecretVersionRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * The history of secrets: one row per version, and one per deletion. All changes of a batch have
 * one time, and the batches of an environment have times that grow, so that a time says which of
 * them had happened.
 */
final class VersionStore {

  private VersionStore() {}

  /** Adds to the histories of these secrets what has become of them. */
  static void insert(
      DSLContext db,
      CiphertextAccess access,
      Collection<StoredSecret> secrets,
      String event,
      Instant now) {
    Caller caller = access.caller();
    List<SecretVersionRecord> rows = new ArrayList<>(secrets.size());
    for (StoredSecret secret : secrets) {
      SecretVersionRecord row = new SecretVersionRecord();
      row.setId(Uuids.v7(now));
      row.setOrganisationId(access.organisation().value());
      row.setEnvironmentId(access.environment().value());
      row.setSecretId(secret.id());
      row.setEvent(event);
      row.setVersion(secret.version());
      row.setPath(secret.path());
      row.setKeyCiphertext(secret.key());
      row.setKeyDigest(secret.keyDigest());
      row.setValueCiphertext(secret.value());
      row.setCommentCiphertext(secret.comment());
      row.setType(secret.type());
      row.setTags(new String(Json.write(secret.tags()), StandardCharsets.UTF_8));
      row.setAccountId(caller.account().value());
      row.setTokenId(caller.token().value());
      row.setClientAddress(caller.origin().clientAddressText());
      row.setUserAgent(Audit.cut(caller.origin().userAgent()));
      row.setCreatedAt(now);
      rows.add(row);
    }
    db.batchInsert(rows).execute();
  }

  /**
   * The history of a secret with those who wrote it, newest first.
   *
   * @param before only what is older
   */
  static List<StoredVersion> page(
      DSLContext db, CiphertextAccess access, UUID secret, Optional<Instant> before, int maximum) {
    Field<String> name =
        coalesce(USER_ACCOUNT.EMAIL, SERVICE_ACCOUNT.NAME, TOKEN.NAME).as("account_name");
    Condition condition = of(access, secret);
    if (before.isPresent()) {
      condition = condition.and(SECRET_VERSION.CREATED_AT.lt(before.get()));
    }
    return db.select(SECRET_VERSION.asterisk(), ACCOUNT.KIND, name)
        .from(SECRET_VERSION)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(SECRET_VERSION.ACCOUNT_ID))
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT.ID))
        .leftJoin(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .leftJoin(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
        .leftJoin(TOKEN)
        .on(TOKEN.ID.eq(SECRET_VERSION.TOKEN_ID))
        .where(condition)
        .orderBy(SECRET_VERSION.CREATED_AT.desc())
        .limit(maximum)
        .fetch(
            row ->
                toVersion(
                    row,
                    Optional.of(
                        new Author(
                            row.get(SECRET_VERSION.ACCOUNT_ID),
                            row.get(ACCOUNT.KIND),
                            row.get(name),
                            row.get(SECRET_VERSION.CLIENT_ADDRESS),
                            row.get(SECRET_VERSION.USER_AGENT)))));
  }

  /** When this row of the history of a secret was written. */
  static Optional<Instant> timeOf(
      DSLContext db, CiphertextAccess access, UUID secret, UUID version) {
    return db.select(SECRET_VERSION.CREATED_AT)
        .from(SECRET_VERSION)
        .where(of(access, secret))
        .and(SECRET_VERSION.ID.eq(version))
        .fetchOptional(SECRET_VERSION.CREATED_AT);
  }

  /** A version of a secret as it was written. */
  static Optional<StoredVersion> find(
      DSLContext db, CiphertextAccess access, UUID secret, int version) {
    return db.selectFrom(SECRET_VERSION)
        .where(of(access, secret))
        .and(SECRET_VERSION.VERSION.eq(version))
        .and(SECRET_VERSION.EVENT.ne("delete"))
        .fetchOptional(row -> toVersion(row, Optional.empty()));
  }

  /** What the environment held at this time, by id of the secret. */
  static Map<UUID, StoredVersion> at(DSLContext db, CiphertextAccess access, Instant time) {
    // One pass: a join with the newest of each is planned badly while a table has no statistics.
    Field<Integer> rank =
        rowNumber()
            .over(partitionBy(SECRET_VERSION.SECRET_ID).orderBy(SECRET_VERSION.CREATED_AT.desc()))
            .as("rank");
    Table<?> ranked =
        db.select(SECRET_VERSION.asterisk(), rank)
            .from(SECRET_VERSION)
            .where(inEnvironment(access))
            .and(SECRET_VERSION.CREATED_AT.le(time))
            .asTable("ranked");
    return db.selectFrom(ranked)
        .where(Objects.requireNonNull(ranked.field(rank)).eq(1))
        .and(Objects.requireNonNull(ranked.field(SECRET_VERSION.EVENT)).ne("delete"))
        .fetchMap(
            row -> row.get(SECRET_VERSION.SECRET_ID), row -> toVersion(row, Optional.empty()));
  }

  private static Condition of(CiphertextAccess access, UUID secret) {
    return inEnvironment(access).and(SECRET_VERSION.SECRET_ID.eq(secret));
  }

  private static Condition inEnvironment(CiphertextAccess access) {
    return SECRET_VERSION
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(SECRET_VERSION.ENVIRONMENT_ID.eq(access.environment().value()));
  }

  private static StoredVersion toVersion(Record row, Optional<Author> author) {
    return new StoredVersion(
        row.get(SECRET_VERSION.ID),
        row.get(SECRET_VERSION.SECRET_ID),
        row.get(SECRET_VERSION.EVENT),
        row.get(SECRET_VERSION.VERSION),
        new SecretContent(
            row.get(SECRET_VERSION.PATH),
            row.get(SECRET_VERSION.KEY_CIPHERTEXT),
            row.get(SECRET_VERSION.KEY_DIGEST),
            row.get(SECRET_VERSION.VALUE_CIPHERTEXT),
            row.get(SECRET_VERSION.COMMENT_CIPHERTEXT),
            tags(row.get(SECRET_VERSION.TAGS)),
            row.get(SECRET_VERSION.TYPE)),
        author,
        row.get(SECRET_VERSION.CREATED_AT));
  }

  private static List<String> tags(String json) {
    return Json.parse(("{\"tags\":" + json + "}").getBytes(StandardCharsets.UTF_8))
        .list("tags")
        .orElseThrow()
        .stream()
        .map(tag -> tag.text().orElseThrow())
        .toList();
  }
}
