package lockstep.server.store;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.UNCHAINED_AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.UnchainedAuditEventRecord;
import lockstep.server.testing.Backend;
import org.flywaydb.core.Flyway;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** What becomes of audit events from before there were chains: schema 3 and earlier. */
final class EarlierEventsTest {

  private static final String LAST_WITHOUT_CHAINS = "3";

  @TempDir Path folder;

  private static UnchainedAuditEventRecord event(UUID organisation, int number) {
    UnchainedAuditEventRecord event = new UnchainedAuditEventRecord();
    event.setId(UUID.randomUUID());
    event.setOrganisationId(organisation);
    // Some of one moment; stored in no order.
    event.setCreatedAt(Instant.parse("2026-02-03T04:05:06.070809Z").plusSeconds(number * 7 % 40));
    event.setAction(number % 2 == 0 ? "read" : "update");
    event.setResourceType("secret");
    event.setEnvironmentId(number % 3 == 0 ? null : UUID.randomUUID());
    event.setAccountKind("member");
    event.setAccountId(UUID.randomUUID());
    event.setAccountName("ada\u00e9\n@example.com");
    event.setClientAddress(number % 2 == 0 ? null : "192.0.2.7");
    event.setUserAgent("agent " + number);
    event.setRequestId("r" + number);
    event.setDescription("Read secrets");
    event.setDetails("{\"a\": [1, \"\u00fc\"]}");
    return event;
  }

  private DataSource source(Map<String, String> settings) {
    String url = settings.get("LOCKSTEP_DATABASE_URL");
    if (url != null) {
      return PostgresDatabase.migrationSource(URI.create(url));
    }
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("lockstep.db"));
    return source;
  }

  private static void insert(
      DataSource source, SQLDialect dialect, List<UnchainedAuditEventRecord> events)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      DSLContext db = Databases.context(connection, dialect);
      for (UnchainedAuditEventRecord event : events) {
        db.insertInto(DSL.table("audit_event"))
            .columns(UNCHAINED_AUDIT_EVENT.fields())
            .values(event.intoArray())
            .execute();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void theFirstStartChainsThemByTimeAndChangesNothingElse(Backend backend) throws Exception {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    DataSource source = source(settings);
    Flyway.configure()
        .dataSource(source)
        .locations("classpath:lockstep/server/store/migrations")
        .target(LAST_WITHOUT_CHAINS)
        .load()
        .migrate();
    List<UUID> organisations = List.of(UUID.randomUUID(), UUID.randomUUID());
    List<UnchainedAuditEventRecord> earlier = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      earlier.add(event(organisations.get(i % 3 == 0 ? 0 : 1), i));
    }
    insert(source, backend == Backend.SQLITE ? SQLDialect.SQLITE : SQLDialect.POSTGRES, earlier);

    for (int start = 0; start < 2; start++) {
      try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
        server.database().read(db -> assertChained(db, organisations, earlier));
      }
    }
  }

  private static DSLContext assertChained(
      DSLContext db, List<UUID> organisations, List<UnchainedAuditEventRecord> earlier) {
    assertThat(db.fetchCount(UNCHAINED_AUDIT_EVENT)).isZero();
    for (UUID organisation : organisations) {
      List<AuditEventRecord> chained =
          db.selectFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation))
              .orderBy(AUDIT_EVENT.SEQUENCE)
              .fetch();
      List<UnchainedAuditEventRecord> expected =
          earlier.stream()
              .filter(event -> event.getOrganisationId().equals(organisation))
              .sorted(
                  Comparator.comparing(UnchainedAuditEventRecord::getCreatedAt)
                      .thenComparing(event -> event.getId().toString()))
              .toList();
      assertThat(chained).hasSameSizeAs(expected).hasSizeGreaterThanOrEqualTo(30);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(chained.get(i).getSequence()).isEqualTo(i + 1L);
        for (Field<?> field : UNCHAINED_AUDIT_EVENT.fields()) {
          assertThat(chained.get(i).get(field.getName()))
              .as(field.getName())
              .isEqualTo(expected.get(i).get(field));
        }
      }
    }
    return db;
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void theyAreVerifiedLikeAllOthersAndSignedAtOnce(Backend backend) throws Exception {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    DataSource source = source(settings);
    Flyway.configure()
        .dataSource(source)
        .locations("classpath:lockstep/server/store/migrations")
        .target(LAST_WITHOUT_CHAINS)
        .load()
        .migrate();
    UUID organisation = UUID.randomUUID();
    insert(
        source,
        backend == Backend.SQLITE ? SQLDialect.SQLITE : SQLDialect.POSTGRES,
        List.of(event(organisation, 1), event(organisation, 2)));

    try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
      Collected found = new Collected();
      new AuditVerification(
              server.database(),
              Checkpoints.publicKey(ServerKey.parse(ServerUnderTest.SERVER_SECRET)))
          .run(found);
      // The organisation that stands for a first start was made without events.
      assertThat(found.problems)
          .noneMatch(problem -> problem.organisation().equals(organisation.toString()));
      assertThat(found.chains)
          .anySatisfy(
              chain -> {
                assertThat(chain.organisation()).isEqualTo(organisation.toString());
                assertThat(chain.records()).isEqualTo(2);
                assertThat(chain.signedSequence()).isEqualTo(2);
              });
    }
  }

  private static final class Collected implements AuditFindings {

    private final List<Problem> problems = new ArrayList<>();
    private final List<Chain> chains = new ArrayList<>();

    @Override
    public void problem(Problem problem) {
      problems.add(Objects.requireNonNull(problem));
    }

    @Override
    public void chain(Chain chain) {
      chains.add(chain);
    }
  }
}
