package lockstep.server.account;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.PasswordHash;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
@ContractTest
final class OwnAccountContractTest extends OnBothDatabases {

  private static final String ACCOUNT = "/v1/account/";
  private static final String KEYRING = "/v1/account/keyring/";
  private static final String PASSWORD = "/v1/account/password/";
  private static final String RECOVERY = "/v1/account/recovery/";

  private TestCeremony ceremony;
  private String email;
  private TestCaller member;

  @BeforeEach
  void join() {
    ceremony = TestCeremony.perform();
    email = UUID.randomUUID() + "@acme.test";
    member = join(organisation, ceremony);
  }

  @Test
  void membersAreToldWhoTheyAre() {
    var account = member.get(ACCOUNT).is(200).json();

    assertThat(account.propertyNames())
        .containsExactly("id", "email", "fullName", "role", "organisation", "identityKey");
    assertThat(account.path("id").stringValue()).isEqualTo(member.account().toString());
    assertThat(account.path("email").stringValue()).isEqualTo(email);
    assertThat(account.path("fullName").isNull()).isTrue();
    assertThat(account.at("/role/name").stringValue()).isEqualTo("Developer");
    assertThat(account.at("/organisation/id").stringValue())
        .isEqualTo(organisation.id().toString());
    assertThat(account.path("identityKey").stringValue()).isEqualTo(ceremony.identityKey());
  }

  @Test
  void whoKnowsThePasswordGetsWhatItOpens() {
    var keyring = keyring(ceremony.authHash()).is(200).json();

    assertThat(keyring.propertyNames()).containsExactly("wrappedKeyring", "wrappedRecovery");
    assertThat(
            List.of(
                keyring.path("wrappedKeyring").stringValue(),
                keyring.path("wrappedRecovery").stringValue()))
        .isEqualTo(stored().subList(1, 3));
    assertThat(events()).containsExactly("Wrapped keyring read {}");
  }

  @Test
  void aTokenAloneDoesNotGetTheKeyring() {
    keyring(TestCeremony.hex(32)).isError(403, "The current password is wrong.");
    member.post(KEYRING, Map.of()).isError(400, "Missing required field: authHash");
    assertThat(events()).containsExactly("Password refused {}");
    assertThat(refusals()).containsExactly("account Password refused");
  }

  @Test
  void guessesAtTheKeyringAreBoundedTogetherWithThoseAtThePassword() {
    for (int i = 0; i < 10; i++) {
      keyring(TestCeremony.hex(32)).is(403);
    }

    keyring(ceremony.authHash()).is(429);
    change(ceremony.authHash(), TestCeremony.hex(32)).is(429);
  }

  @Test
  void theNewPasswordReplacesTheOldOneWithAllThatIsWrappedUnderIt() {
    String wanted = TestCeremony.hex(32);
    String keyring = TestCeremony.wrappedKeyring();
    String recovery = TestCeremony.wrappedRecovery();

    member
        .put(
            PASSWORD,
            object(
                "currentAuthHash", ceremony.authHash(),
                "newAuthHash", wanted,
                "wrappedKeyring", keyring,
                "wrappedRecovery", recovery))
        .is(204);

    assertThat(PasswordHash.verify(wanted, stored().getFirst())).isTrue();
    assertThat(stored().subList(1, 3)).containsExactly(keyring, recovery);
    member.get("/v1/apps/").is(200);
    change(ceremony.authHash(), wanted).isError(403, "The current password is wrong.");
    change(wanted, ceremony.authHash()).is(204);
  }

  @Test
  void aWrongPasswordChangesNothing() {
    List<String> before = stored();

    change(TestCeremony.hex(32), TestCeremony.hex(32))
        .isError(403, "The current password is wrong.");

    assertThat(stored()).isEqualTo(before);
    assertThat(events()).containsExactly("Password refused {}");
  }

  @Test
  void guessesInSeveralOrganisationsCountTogether() {
    TestCaller elsewhere =
        join(TestOrganisation.create(server), TestCeremony.perform(ceremony.authHash()));
    for (int i = 0; i < 10; i++) {
      keyring(TestCeremony.hex(32)).is(403);
    }

    elsewhere.post(KEYRING, Map.of("authHash", ceremony.authHash())).is(429);
  }

  @Test
  void guessesAreBounded() {
    for (int i = 0; i < 10; i++) {
      member.put(RECOVERY, recoveryBody(TestCeremony.perform(), TestCeremony.hex(32))).is(403);
    }

    change(ceremony.authHash(), TestCeremony.hex(32)).is(429);
  }

  @Test
  void theInputIsChecked() {
    member.put(PASSWORD, Map.of()).isError(400, "Missing required field: currentAuthHash");
    member
        .put(PASSWORD, object("currentAuthHash", ceremony.authHash(), "newAuthHash", "secret"))
        .isError(400, "'newAuthHash' must be 64 lower-case hexadecimal digits.");
    Map<String, Object> body = body(ceremony.authHash(), TestCeremony.hex(32));
    body.remove("wrappedRecovery");
    member.put(PASSWORD, body).isError(400, "Missing required field: wrappedRecovery");
    member.put(RECOVERY, Map.of()).isError(400, "Missing required field: identityKey");
  }

  @Test
  void whoSignsInWithoutAPasswordHasNoneToChange() {
    TestCaller other = organisation.member(DefaultRole.DEVELOPER);

    other
        .put(PASSWORD, body(TestCeremony.hex(32), TestCeremony.hex(32)))
        .isError(400, "You sign in without a password of this server.");
  }

  @Test
  void whoHasTheRecoveryPhraseNeedsNoPassword() {
    String wanted = TestCeremony.hex(32);

    member.put(RECOVERY, recoveryBody(ceremony, wanted)).is(204);

    assertThat(PasswordHash.verify(wanted, stored().getFirst())).isTrue();
  }

  @Test
  void anotherIdentityKeyRecoversNothing() {
    List<String> before = stored();

    member
        .put(RECOVERY, recoveryBody(TestCeremony.perform(), TestCeremony.hex(32)))
        .isError(
            403,
            "'identityKey' is not your identity key: the recovery phrase is of another account.");

    assertThat(stored()).isEqualTo(before);
    assertThat(events()).containsExactly("Recovery refused {}");
    assertThat(refusals()).containsExactly("account Recovery refused");
  }

  @Test
  void toNameTheIdentityKeyIsNotToHaveIt() {
    List<String> before = stored();
    String text = "'signature' is not what your identity key makes of what was sent.";

    Map<String, Object> named = recoveryBody(TestCeremony.perform(), TestCeremony.hex(32));
    named.put("identityKey", ceremony.identityKey());
    member.put(RECOVERY, named).isError(403, text);
    Map<String, Object> swapped = recoveryBody(ceremony, TestCeremony.hex(32));
    for (String field : List.of("newAuthHash", "wrappedKeyring", "wrappedRecovery")) {
      Map<String, Object> changed = new LinkedHashMap<>(swapped);
      changed.put(field, recoveryBody(ceremony, TestCeremony.hex(32)).get(field));
      member.put(RECOVERY, changed).isError(403, text);
    }

    assertThat(stored()).isEqualTo(before);
    assertThat(events()).hasSize(4).containsOnly("Recovery refused {}");
    assertThat(refusals()).hasSize(4).containsOnly("account Recovery refused");
  }

  @Test
  void aSignatureOfAnotherTimeIsRefused() {
    List<String> before = stored();
    for (Duration off : List.of(Duration.ofMinutes(-11), Duration.ofMinutes(11))) {
      long time = System.currentTimeMillis() + off.toMillis();
      member
          .put(RECOVERY, recoveryBody(ceremony, TestCeremony.hex(32), time))
          .isError(
              400,
              "'signedAt' must be the present time, in milliseconds since 1970, give or take 10"
                  + " minutes. Check your clock.");
    }
    Map<String, Object> body = recoveryBody(ceremony, TestCeremony.hex(32));
    body.put("signature", "x".repeat(128));
    member.put(RECOVERY, body).isError(400, "'signature' must be 128 hexadecimal digits.");
    body.put("signedAt", Long.MAX_VALUE);
    body.put("signature", "0".repeat(128));
    member.put(RECOVERY, body).is(400);
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void aPasswordForKeysOfSeveralOrganisationsIsNotChangedInOne() {
    TestOrganisation other = TestOrganisation.create(server);
    join(other, TestCeremony.perform(ceremony.authHash()));

    change(ceremony.authHash(), TestCeremony.hex(32))
        .isError(
            409,
            "You are a member of several organisations with this password, and the keys of the"
                + " others would stay under the old one.");
  }

  @Test
  void serviceAccountsHaveNoPassword() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);

    account.get(ACCOUNT).isError(403, "Only members have an account of their own.");
    account.post(KEYRING, Map.of()).isError(403, "Only members have an account of their own.");
    account.put(PASSWORD, Map.of()).isError(403, "Only members have an account of their own.");
    account.put(RECOVERY, Map.of()).isError(403, "Only members have an account of their own.");
  }

  @Test
  void changesAreRecordedWithoutSecrets() {
    String wanted = TestCeremony.hex(32);
    change(ceremony.authHash(), wanted).is(204);
    member.put(RECOVERY, recoveryBody(ceremony, ceremony.authHash())).is(204);

    assertThat(events())
        .containsExactly("Password changed {}", "Password replaced by recovery phrase {}");
  }

  /** What was recorded about the account, without times. */
  private List<String> events() {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_EVENT.DESCRIPTION, AUDIT_EVENT.DETAILS)
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.RESOURCE_TYPE.eq("account"))
                    .and(AUDIT_EVENT.RESOURCE_ID.eq(member.account()))
                    .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                    .fetch(row -> row.value1() + " " + row.value2()));
  }

  /** All refusals of the member: each is on record once. */
  private List<String> refusals() {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_EVENT.RESOURCE_TYPE, AUDIT_EVENT.DESCRIPTION)
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ACTION.eq("refuse"))
                    .and(AUDIT_EVENT.ACCOUNT_ID.eq(member.account()))
                    .fetch(row -> row.value1() + " " + row.value2()));
  }

  private TestResponse keyring(String authHash) {
    return member.post(KEYRING, Map.of("authHash", authHash));
  }

  private TestResponse change(String current, String wanted) {
    return member.put(PASSWORD, body(current, wanted));
  }

  private static Map<String, Object> body(String current, String wanted) {
    return object(
        "currentAuthHash",
        current,
        "newAuthHash",
        wanted,
        "wrappedKeyring",
        TestCeremony.wrappedKeyring(),
        "wrappedRecovery",
        TestCeremony.wrappedRecovery());
  }

  /** A recovery by the member, with these keys. */
  private Map<String, Object> recoveryBody(TestCeremony keys, String wanted) {
    return recoveryBody(keys, wanted, System.currentTimeMillis());
  }

  private Map<String, Object> recoveryBody(TestCeremony keys, String wanted, long signedAt) {
    String keyring = TestCeremony.wrappedKeyring();
    String recovery = TestCeremony.wrappedRecovery();
    String account = member.account().toString();
    return object(
        "identityKey",
        keys.identityKey(),
        "newAuthHash",
        wanted,
        "wrappedKeyring",
        keyring,
        "wrappedRecovery",
        recovery,
        "signedAt",
        signedAt,
        "signature",
        keys.sign(
            String.join(
                "\n",
                "lockstep-account-recovery-v1",
                account,
                Long.toString(signedAt),
                wanted,
                keyring,
                recovery)));
  }

  private TestCaller join(TestOrganisation into, TestCeremony keys) {
    String invite =
        into.owner()
            .post(
                "/v1/members/invites/",
                Map.of("email", email, "role_id", into.role(DefaultRole.DEVELOPER).toString()))
            .is(201)
            .id();
    Map<String, Object> acceptance = keys.bodyWithToken(email);
    acceptance.put(
        "code",
        into.owner()
            .get("/v1/members/invites/" + invite + "/link/")
            .is(200)
            .json()
            .get("code")
            .stringValue());
    String id =
        TestCaller.anonymous(server.uri())
            .post("/v1/invites/" + invite + "/accept/", acceptance)
            .is(201)
            .id();
    return TestCaller.authorized(
        server.uri(), UUID.fromString(id), keys.token().token().bearerHeaderValue());
  }

  /** Hash of the password, wrapped keyring, wrapped recovery phrase. */
  private List<String> stored() {
    return server
        .database()
        .read(
            db ->
                db.select(
                        USER_ACCOUNT.PASSWORD_HASH, MEMBER.WRAPPED_KEYRING, MEMBER.WRAPPED_RECOVERY)
                    .from(MEMBER)
                    .join(USER_ACCOUNT)
                    .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
                    .where(MEMBER.ID.eq(member.account()))
                    .fetchSingle(row -> List.of(row.value1(), row.value2(), row.value3())));
  }
}
