package lockstep.server.lockbox;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.LOCKBOX;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.LockboxId;
import lockstep.server.ids.OrganisationId;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Queries about shared texts. */
final class LockboxStore {

  /**
   * A box and whose it is.
   *
   * @param isLive whether it has not expired and its creator is still a member
   * @param ciphertext null once its views are used up
   */
  record Found(
      Lockbox box,
      OrganisationId organisation,
      AccountId creator,
      boolean isLive,
      @Nullable String ciphertext) {

    @Override
    public String toString() {
      return "Found[" + box + "]";
    }
  }

  private static final List<SelectField<?>> COLUMNS =
      List.of(
          LOCKBOX.ID,
          LOCKBOX.VIEWS,
          LOCKBOX.ALLOWED_VIEWS,
          LOCKBOX.EXPIRES_AT,
          LOCKBOX.CREATED_AT,
          LOCKBOX.ORGANISATION_ID,
          LOCKBOX.ACCOUNT_ID,
          LOCKBOX.CIPHERTEXT,
          ACCOUNT.DELETED_AT);

  private LockboxStore() {}

  static void insert(DSLContext db, OwnAccountAccess access, Lockbox box, String ciphertext) {
    db.insertInto(LOCKBOX)
        .set(LOCKBOX.ID, box.id())
        .set(LOCKBOX.ORGANISATION_ID, access.organisation().value())
        .set(LOCKBOX.ACCOUNT_ID, access.member().value())
        .set(LOCKBOX.CIPHERTEXT, ciphertext)
        .set(LOCKBOX.VIEWS, box.views())
        .set(LOCKBOX.ALLOWED_VIEWS, box.allowedViews())
        .set(LOCKBOX.CREATED_AT, box.createdAt())
        .set(LOCKBOX.EXPIRES_AT, box.expiresAt())
        .execute();
  }

  /** The boxes of the caller that have not expired, newest first. */
  static List<Lockbox> list(DSLContext db, OwnAccountAccess access, Instant now) {
    return db.selectFrom(LOCKBOX)
        .where(isOf(access).and(isInTime(now)))
        .orderBy(LOCKBOX.CREATED_AT.desc(), LOCKBOX.ID)
        .fetch(LockboxStore::toBox);
  }

  static int count(DSLContext db, OwnAccountAccess access) {
    return db.fetchCount(LOCKBOX, isOf(access));
  }

  static void deleteExpired(DSLContext db, OwnAccountAccess access, Instant now) {
    db.deleteFrom(LOCKBOX).where(isOf(access).and(LOCKBOX.EXPIRES_AT.le(now))).execute();
  }

  static boolean delete(DSLContext db, OwnAccountAccess access, LockboxId id, Instant now) {
    return db.deleteFrom(LOCKBOX)
            .where(isOf(access).and(LOCKBOX.ID.eq(id.value())).and(isInTime(now)))
            .execute()
        == 1;
  }

  /** For whoever has the link: the id is all there is to go by. */
  static Optional<Found> find(DSLContext db, LockboxId id, Instant now) {
    return db.select(COLUMNS)
        .from(LOCKBOX)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(LOCKBOX.ACCOUNT_ID))
        .where(LOCKBOX.ID.eq(id.value()))
        .fetchOptional(row -> toFound(row, now));
  }

  /** Counts one view, if there is one left. Of two at once that want the last, one gets it. */
  static boolean countView(DSLContext db, LockboxId id) {
    return db.update(LOCKBOX)
            .set(LOCKBOX.VIEWS, LOCKBOX.VIEWS.plus(1))
            .where(LOCKBOX.ID.eq(id.value()))
            .and(LOCKBOX.CIPHERTEXT.isNotNull())
            .and(LOCKBOX.ALLOWED_VIEWS.isNull().or(LOCKBOX.VIEWS.lt(LOCKBOX.ALLOWED_VIEWS)))
            .execute()
        == 1;
  }

  /** Removes what was shared, now that nobody may open it any more. */
  static void eraseIfUsedUp(DSLContext db, LockboxId id) {
    db.update(LOCKBOX)
        .setNull(LOCKBOX.CIPHERTEXT)
        .where(LOCKBOX.ID.eq(id.value()))
        .and(LOCKBOX.VIEWS.ge(LOCKBOX.ALLOWED_VIEWS))
        .execute();
  }

  static void delete(DSLContext db, LockboxId id) {
    db.deleteFrom(LOCKBOX).where(LOCKBOX.ID.eq(id.value())).execute();
  }

  private static Condition isOf(OwnAccountAccess access) {
    return LOCKBOX
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(LOCKBOX.ACCOUNT_ID.eq(access.member().value()));
  }

  private static Condition isInTime(Instant now) {
    return LOCKBOX.EXPIRES_AT.isNull().or(LOCKBOX.EXPIRES_AT.gt(DSL.val(now, LOCKBOX.EXPIRES_AT)));
  }

  private static Found toFound(Record row, Instant now) {
    Lockbox box = toBox(row);
    @Nullable Instant expiresAt = box.expiresAt();
    boolean expired = expiresAt != null && !expiresAt.isAfter(now);
    return new Found(
        box,
        new OrganisationId(row.get(LOCKBOX.ORGANISATION_ID)),
        new AccountId(row.get(LOCKBOX.ACCOUNT_ID)),
        !expired && row.get(ACCOUNT.DELETED_AT) == null,
        row.get(LOCKBOX.CIPHERTEXT));
  }

  private static Lockbox toBox(Record row) {
    return new Lockbox(
        row.get(LOCKBOX.ID),
        row.get(LOCKBOX.VIEWS),
        row.get(LOCKBOX.ALLOWED_VIEWS),
        row.get(LOCKBOX.EXPIRES_AT),
        row.get(LOCKBOX.CREATED_AT));
  }
}
