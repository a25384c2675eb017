package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CLAIM;

import java.time.Instant;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Queries about who does what for all servers of a database. */
final class ClaimStore {

  private ClaimStore() {}

  static boolean isFree(DSLContext db, String name, UUID holder, Instant now) {
    return !db.fetchExists(
        AUDIT_CLAIM,
        AUDIT_CLAIM
            .NAME
            .eq(name)
            .and(AUDIT_CLAIM.HOLDER.ne(holder))
            .and(AUDIT_CLAIM.EXPIRES_AT.gt(DSL.val(now, AUDIT_CLAIM.EXPIRES_AT))));
  }

  /** Of several that try at once, one succeeds. */
  static boolean take(
      DSLContext db,
      String name,
      UUID holder,
      boolean failing,
      Instant now,
      Instant until,
      boolean always) {
    Condition allowed =
        always
            ? DSL.noCondition()
            : AUDIT_CLAIM
                .HOLDER
                .eq(holder)
                .or(AUDIT_CLAIM.EXPIRES_AT.le(DSL.val(now, AUDIT_CLAIM.EXPIRES_AT)));
    return db.insertInto(AUDIT_CLAIM)
            .set(AUDIT_CLAIM.NAME, name)
            .set(AUDIT_CLAIM.HOLDER, holder)
            .set(AUDIT_CLAIM.EXPIRES_AT, until)
            .set(AUDIT_CLAIM.FAILING, failing)
            .onConflict(AUDIT_CLAIM.NAME)
            .doUpdate()
            .set(AUDIT_CLAIM.HOLDER, holder)
            .set(AUDIT_CLAIM.EXPIRES_AT, until)
            .set(AUDIT_CLAIM.FAILING, failing)
            .where(allowed)
            .execute()
        == 1;
  }

  /** Locks the row until the transaction ends, so that nobody takes the claim meanwhile. */
  static boolean isHeldBy(DSLContext db, String name, UUID holder) {
    return db.update(AUDIT_CLAIM)
            .set(AUDIT_CLAIM.HOLDER, holder)
            .where(AUDIT_CLAIM.NAME.eq(name))
            .and(AUDIT_CLAIM.HOLDER.eq(holder))
            .execute()
        == 1;
  }

  static int setFailing(DSLContext db, String name, UUID holder, boolean failing) {
    return db.update(AUDIT_CLAIM)
        .set(AUDIT_CLAIM.FAILING, failing)
        .where(AUDIT_CLAIM.NAME.eq(name))
        .and(AUDIT_CLAIM.HOLDER.eq(holder))
        .execute();
  }

  static boolean isFailing(DSLContext db, String name) {
    return db.fetchExists(AUDIT_CLAIM, AUDIT_CLAIM.NAME.eq(name).and(AUDIT_CLAIM.FAILING));
  }

  static int release(DSLContext db, String name, UUID holder) {
    return db.deleteFrom(AUDIT_CLAIM)
        .where(AUDIT_CLAIM.NAME.eq(name))
        .and(AUDIT_CLAIM.HOLDER.eq(holder))
        .execute();
  }
}
