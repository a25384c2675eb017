package lockstep.server.security;

import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.store.tables.DefaultSchema;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is deleted leaves nothing that opens anything: looked for in every text of every table, so
 * that a table that is added later counts too.
 */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class DeletionContractTest extends OnBothDatabases {

  private TestApp app;

  @BeforeEach
  void createApp() {
    app = organisation.app("app");
  }

  @Test
  void aRemovedMemberLeavesNoKeys() {
    TestCaller member = member();
    Set<String> opening = ciphertextsOf(member.account());
    assertThat(opening).as("token, keyring, recovery, two of a key, override").hasSize(6);

    owner.delete("/v1/members/" + member.account() + "/").is(204);

    assertThat(storedTexts()).doesNotContainAnyElementsOf(opening);
    assertThat(tablesNaming(member.account()))
        .containsExactlyInAnyOrder("account", "audit_event", "member", "secret_version", "token");
  }

  @Test
  void aDeletedServiceAccountLeavesNoKeys() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, app, "Development");
    account.post(app.secrets(), body(secret("A", "1"))).is(201);
    Set<String> opening = ciphertextsOf(account.account());
    assertThat(opening).as("token, keyring, two of a key").hasSize(4);

    owner.delete("/v1/service-accounts/" + account.account() + "/").is(204);

    assertThat(storedTexts()).doesNotContainAnyElementsOf(opening);
    assertThat(tablesNaming(account.account()))
        .containsExactlyInAnyOrder(
            "account", "audit_event", "secret_version", "service_account", "token");
  }

  @Test
  void theServiceAccountsOfADeletedTeamLeaveNoKeys() {
    String team = owner.post("/v1/teams/", object("name", "team")).is(201).id();
    String role = organisation.role(DefaultRole.SERVICE).toString();
    Map<String, Object> wanted = object("name", "bot", "role_id", role, "team_id", team);
    UUID account = UUID.fromString(owner.post("/v1/service-accounts/", wanted).is(201).id());
    Set<String> opening = ciphertextsOf(account);
    assertThat(opening).as("at least the keyring").isNotEmpty();

    owner.delete("/v1/teams/" + team + "/").is(204);

    assertThat(storedTexts()).doesNotContainAnyElementsOf(opening);
  }

  @Test
  void aDeletedPersonalTokenLeavesNoShareOfTheKey() {
    TestCaller member = member();
    Set<String> before = ciphertextsOf(member.account());
    String token = member.get("/v1/tokens/").is(200).each("id").getFirst();

    member.delete("/v1/tokens/" + token + "/").is(204);

    before.removeAll(ciphertextsOf(member.account()));
    assertThat(before).as("what went with the token").hasSize(1);
    assertThat(storedTexts()).doesNotContainAnyElementsOf(before);
  }

  @Test
  void aDeletedTokenOfAServiceAccountLeavesNoShareOfTheKey() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    String tokens = "/v1/service-accounts/" + account.account() + "/tokens/";
    Set<String> before = ciphertextsOf(account.account());
    String token = owner.post(tokens, object("name", "second")).is(201).id();
    Set<String> added = ciphertextsOf(account.account());
    added.removeAll(before);
    assertThat(added).hasSize(1);

    owner.delete(tokens + token + "/").is(204);

    assertThat(storedTexts()).doesNotContainAnyElementsOf(added);
  }

  @Test
  void aDeletedEnvironmentLeavesNothingButItsAuditEvents() {
    UUID environment = UUID.fromString(app.environment("Development"));
    member();
    assertThat(tablesNaming(environment)).contains("secret", "environment_key", "team_environment");

    owner.delete("/v1/environments/" + environment + "/").is(204);

    assertThat(tablesNaming(environment)).containsExactly("audit_event");
  }

  @Test
  void aDeletedAppLeavesNothingButAuditEvents() {
    member();
    UUID environment = UUID.fromString(app.environment("Development"));

    owner.delete("/v1/apps/" + app.id() + "/").is(204);

    assertThat(tablesNaming(UUID.fromString(app.id()))).containsExactly("audit_event");
    assertThat(tablesNaming(environment)).containsExactly("audit_event");
  }

  /** A member with one of everything that can belong to a member. */
  private TestCaller member() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");
    UUID team = organisation.team(null, null);
    organisation.join(team, member);
    organisation.scope(team, app, "Development");
    organisation.policy(false, "127.0.0.1", member);
    Map<String, Object> own = secret("OWN_" + UUID.randomUUID(), "shared");
    own.put("override", object("value", "mine", "isActive", true));
    member.post(app.secrets(), body(own)).is(201);
    UUID keyring = UUID.randomUUID();
    server
        .database()
        .write(
            db ->
                db.update(MEMBER)
                    .set(MEMBER.WRAPPED_KEYRING, "keyring " + keyring)
                    .set(MEMBER.WRAPPED_RECOVERY, "recovery " + keyring)
                    .where(MEMBER.ID.eq(member.account()))
                    .execute());
    return member;
  }

  /** What is stored for an account alone, and leads to something secret. */
  private Set<String> ciphertextsOf(UUID account) {
    Set<String> found = new HashSet<>();
    for (Table<?> table : DefaultSchema.DEFAULT_SCHEMA.getTables()) {
      for (Record row : rows(table)) {
        if (table.getName().equals("secret_version") || !names(row, account)) {
          continue;
        }
        for (Field<?> field : table.fields()) {
          boolean opens =
              field.getName().contains("wrapped") || field.getName().equals("value_ciphertext");
          if (opens && row.get(field) instanceof String text && !text.isEmpty()) {
            found.add(text);
          }
        }
      }
    }
    return found;
  }

  private Set<String> storedTexts() {
    Set<String> texts = new HashSet<>();
    for (Table<?> table : DefaultSchema.DEFAULT_SCHEMA.getTables()) {
      for (Record row : rows(table)) {
        for (Field<?> field : table.fields()) {
          if (row.get(field) instanceof String text) {
            texts.add(text);
          }
        }
      }
    }
    return texts;
  }

  private Set<String> tablesNaming(UUID id) {
    Set<String> tables = new TreeSet<>();
    for (Table<?> table : DefaultSchema.DEFAULT_SCHEMA.getTables()) {
      if (rows(table).stream().anyMatch(row -> names(row, id))) {
        tables.add(table.getName());
      }
    }
    return tables;
  }

  private static boolean names(Record row, UUID id) {
    return java.util.Arrays.asList(row.intoArray()).contains(id);
  }

  /** All rows of this organisation. */
  private List<? extends Record> rows(Table<?> table) {
    Field<UUID> tenant = table.field("organisation_id", UUID.class);
    return tenant == null
        ? List.of()
        : server
            .database()
            .read(db -> db.selectFrom(table).where(tenant.eq(organisation.id())).fetch());
  }
}
