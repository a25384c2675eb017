package lockstep.server.store;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.store.tables.DefaultSchema;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.junit.jupiter.api.Test;

/** The schema, as each database has it. */
@ContractTest
class SchemaContractTest extends OnBothDatabases {

  private Database database() {
    return server.database();
  }

  /**
   * Deleting a row asks each table that refers to it; without an index that reads the whole table.
   * Organisations are never deleted while a server serves, and an index on each of their columns
   * would make every write dearer: they are left out.
   */
  @Test
  void everyForeignKeyHasAnIndexThatHoldsForAllRows() {
    Set<String> missing = new TreeSet<>();
    for (Table<?> table : tables()) {
      String name = table.getName();
      Set<String> indexed = database().read(db -> firstColumnsOfWholeIndexes(db, name));
      for (String column : database().read(db -> foreignKeyColumns(db, name))) {
        if (!column.equals("organisation_id") && !indexed.contains(column)) {
          missing.add(name + "." + column);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyTableOfATenantBelongsToAnOrganisation() {
    Set<String> global =
        Set.of("server_setting", "organisation", "user_account", "audit_claim", "server_key");
    for (Table<?> table : tables()) {
      if (!global.contains(table.getName())) {
        assertThat(table.field("organisation_id")).as(table.getName()).isNotNull();
      }
    }
  }

  @Test
  void anOrganisationGoesWithEverythingButItsAuditChain() {
    fillOrganisation();
    assertThat(rowsOfOrganisation()).doesNotContainKeys("team_environment").hasSizeGreaterThan(12);
    database()
        .write(
            db ->
                db.deleteFrom(ORGANISATION).where(ORGANISATION.ID.eq(organisation.id())).execute());
    assertThat(rowsOfOrganisation()).containsOnlyKeys(AUDIT_EVENT.getName(), AUDIT_CHAIN.getName());
  }

  @Test
  void anAppGoesWithItsEnvironmentsSecretsAndKeys() {
    TestApp app = fillOrganisation();
    database()
        .write(db -> db.deleteFrom(APP).where(APP.ID.eq(UUID.fromString(app.id()))).execute());
    assertThat(rowsOfOrganisation())
        .doesNotContainKeys(
            "app",
            "app_account",
            "environment",
            "environment_key",
            "environment_grant",
            "environment_server_key",
            "folder",
            "secret",
            "secret_tag",
            "secret_override",
            "secret_version")
        .containsKeys("account", "role", "tag");
  }

  @Test
  void anEnvironmentGoesWithItsSecretsAndKeysAlone() {
    TestApp app = fillOrganisation();
    for (String name : List.of("Development", "Staging")) {
      UUID id = UUID.fromString(app.environment(name));
      database().write(db -> db.deleteFrom(ENVIRONMENT).where(ENVIRONMENT.ID.eq(id)).execute());
    }
    assertThat(rowsOfOrganisation())
        .doesNotContainKeys("secret", "secret_override", "folder")
        .containsEntry("environment", 1)
        .containsEntry("environment_server_key", 1);
  }

  private TestApp fillOrganisation() {
    TestApp app = organisation.app("shop");
    organisation.serviceAccount(DefaultRole.SERVICE);
    Map<String, Object> one = secret("/db", "HOST", "localhost");
    one.put("tags", List.of("db"));
    one.put("override", object("value", "mine", "isActive", true));
    String id = owner.post(app.secrets(), body(one, secret("PORT", "1"))).is(201).id();
    owner.put(app.secrets(), body(object("id", id, "value", "changed"))).is(200);
    owner.delete(app.secrets(), body(id)).is(200);
    owner.post(app.secrets(), body(one)).is(201);
    return app;
  }

  /** Tables that have rows of the organisation, and how many. */
  private Map<String, Integer> rowsOfOrganisation() {
    Map<String, Integer> rows = new TreeMap<>();
    for (Table<?> table : tables()) {
      Field<UUID> column = table.field("organisation_id", UUID.class);
      if (column != null) {
        int count = database().read(db -> db.fetchCount(table, column.eq(organisation.id())));
        if (count > 0) {
          rows.put(table.getName(), count);
        }
      }
    }
    return rows;
  }

  private static List<Table<?>> tables() {
    return DefaultSchema.DEFAULT_SCHEMA.getTables();
  }

  private Set<String> foreignKeyColumns(DSLContext db, String table) {
    Set<String> columns = new TreeSet<>();
    if (backend == Backend.SQLITE) {
      for (Record row : db.fetch("pragma foreign_key_list(" + table + ")")) {
        columns.add(text(row, "from"));
      }
    } else {
      for (Record row :
          db.fetch(
              """
              select a.attname as name from pg_constraint c
              join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
              where c.contype = 'f' and c.conrelid = '%s'::regclass"""
                  .formatted(table))) {
        columns.add(text(row, "name"));
      }
    }
    return columns;
  }

  /** Of the indexes that do not leave out rows. */
  private Set<String> firstColumnsOfWholeIndexes(DSLContext db, String table) {
    Set<String> columns = new TreeSet<>();
    if (backend == Backend.SQLITE) {
      for (Record index : db.fetch("pragma index_list(" + table + ")")) {
        if (Objects.equals(index.get("partial", Integer.class), 0)) {
          columns.add(
              text(db.fetch("pragma index_info(" + text(index, "name") + ")").get(0), "name"));
        }
      }
    } else {
      for (Record row :
          db.fetch(
              """
              select a.attname as name from pg_index i
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
              where i.indpred is null and i.indrelid = '%s'::regclass"""
                  .formatted(table))) {
        columns.add(text(row, "name"));
      }
    }
    return columns;
  }

  private static String text(Record row, String field) {
    return Objects.requireNonNull(row.get(field, String.class));
  }
}
