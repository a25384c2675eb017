package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.AuditFindings.Chain;
import lockstep.server.audit.AuditFindings.Problem;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.tables.tables.records.AuditChainRecord;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** Chains to tamper with. Whatever a test does to one is undone at its end. */
abstract class ChainFixture extends OnBothDatabases {

  static final Checkpoints CHECKPOINTS =
      new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));

  static final IdentityKey PUBLIC_KEY =
      Checkpoints.publicKey(ServerKey.parse(ServerUnderTest.SERVER_SECRET));

  /** What a verification said. */
  static final class Verdict implements AuditFindings {

    final List<Problem> problems = new ArrayList<>();
    final List<Chain> chains = new ArrayList<>();

    @Override
    public void problem(Problem problem) {
      problems.add(problem);
    }

    @Override
    public void chain(Chain chain) {
      chains.add(chain);
    }

    List<String> lines() {
      return problems.stream().map(problem -> problem.sequence() + " " + problem.kind()).toList();
    }
  }

  /** A few records of several kinds: at least six, the last of a read. */
  final TestApp record() {
    TestApp app = organisation.app("shop");
    owner.post(app.secrets(), body(secret("A", "1"), secret("B", "2"))).is(201);
    owner.get(app.secrets()).is(200);
    owner.with("User-Agent", "agent \"; drop, 1").get(app.secrets());
    owner.get(app.secrets()).is(200);
    return app;
  }

  final List<AuditEventRecord> events(DSLContext db, UUID organisationId) {
    return db.selectFrom(AUDIT_EVENT)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisationId))
        .orderBy(AUDIT_EVENT.SEQUENCE)
        .fetch();
  }

  /** What a server that has appended the newest record does when it stops. */
  static void signNewest(DSLContext db, UUID organisationId) {
    AuditChainRecord head =
        db.fetchSingle(AUDIT_CHAIN, AUDIT_CHAIN.ORGANISATION_ID.eq(organisationId));
    ChainStore.insertCheckpoint(
        db, organisationId, head.getSequence(), head.getHash(), CHECKPOINTS, Instant.now());
  }

  final Verdict verify(DSLContext db, UUID organisationId, ExpectedRecord... expected) {
    Verdict verdict = new Verdict();
    AuditVerification.run(db, PUBLIC_KEY, Optional.of(organisationId), List.of(expected), verdict);
    return verdict;
  }

  final Verdict verify() {
    return server.database().read(db -> verify(db, organisation.id()));
  }

  /** Runs in a transaction without the rules of the table, which is rolled back. */
  final void tampering(Consumer<DSLContext> work) {
    try {
      server
          .database()
          .writeLong(
              db -> {
                withoutRules(db, true);
                try {
                  work.accept(db);
                } finally {
                  withoutRules(db, false);
                }
                throw new Undo();
              });
    } catch (Undo e) {
      // As wanted.
    }
  }

  private static void withoutRules(DSLContext db, boolean off) {
    if (db.family() == SQLDialect.SQLITE) {
      db.execute("pragma ignore_check_constraints = " + (off ? "on" : "off"));
    } else if (off) {
      String name =
          db.fetchSingle(
                  "select conname from pg_constraint where contype = 'c'"
                      + " and conrelid = 'audit_event'::regclass")
              .get(0, String.class);
      db.execute("alter table audit_event drop constraint " + name);
      db.execute("alter table audit_event drop constraint " + primaryKey(db));
    }
  }

  private static String primaryKey(DSLContext db) {
    return db.fetchSingle(
            "select conname from pg_constraint where contype = 'p'"
                + " and conrelid = 'audit_event'::regclass")
        .get(0, String.class);
  }

  private static final class Undo extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
