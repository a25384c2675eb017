package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import lockstep.crypto.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An owner and a colleague, each with commands alone, against one server. Key ceremonies take
 * seconds, so that the two are made once; every test leaves them as it found them.
 */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before all tests
final class TeamworkTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String EMAIL = "nadia@example.com";
  private static final String PASSWORD = "a password of the colleague";

  @TempDir private static Path folder;

  /** Passwords, phrases and tokens that came up; neither logs nor command lines may show one. */
  private static final List<String> SECRETS = new CopyOnWriteArrayList<>();

  private static CommandProcess server;
  private static URI address;
  private static JsonNode bootstrap;
  private static Person owner;
  private static Person colleague;
  private static String colleagueToken;
  private static String app;

  @BeforeAll
  static void bringTwoPeopleTogether() throws Exception {
    Path data = folder.resolve("data");
    bootstrap = FirstStart.copyTo(data);
    server = CommandProcess.startAgainLoggingAll(data);
    address = server.address();
    SECRETS.addAll(List.of(text("/password"), text("/recovery"), text("/token")));

    owner = new Person(folder.resolve("owner"), SECRETS);
    owner.types(List.of(text("/token")), "login", "--address", address.toString());
    colleague = new Person(folder.resolve("colleague"), SECRETS);
    Person.Outcome accepted =
        colleague.types(List.of(invite(EMAIL), PASSWORD), "invite", "accept", "--name", "Nadia");
    colleagueToken = accepted.printed("Token");
    SECRETS.addAll(List.of(colleagueToken, accepted.printed("Recovery phrase")));
    app = JSON.readTree(http(text("/token")).get("/v1/apps/").body()).at("/data/0/id").asString();
  }

  /** Everything that was logged is read here, after all tests. */
  @AfterAll
  static void nothingSecretWasLogged() {
    server.terminate();
    String printed = server.output();
    assertThat(server.exitCode()).isZero();
    assertThat(server.errors()).as("the log").doesNotContain(SECRETS);
    assertThat(SECRETS).hasSizeGreaterThan(8);
    assertThat(printed).doesNotContain(SECRETS);
    server.close();
  }

  private static String text(String pointer) {
    return bootstrap.at(pointer).stringValue();
  }

  /** The link of a new invite. */
  private static String invite(String email) {
    String output = owner.runs("invites", "create", email, "--role", "Developer").output();
    return output
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("http"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }

  private static Http http(String token) {
    return new Http(address, Token.parse(token).bearerHeaderValue());
  }

  private static int status(String token, String environment) throws Exception {
    return http(token).get("/v1/secrets/?app_id=" + app + "&env=" + environment).statusCode();
  }

  @Test
  void aColleagueReadsWhatItWasGivenAndNothingElse() throws Exception {
    owner.runs("members", "access", EMAIL, "example-app=Development");

    assertThat(status(colleagueToken, "Development")).isEqualTo(200);
    assertThat(status(colleagueToken, "Production")).isEqualTo(403);

    owner.runs("members", "access", EMAIL, "--none");
    assertThat(status(colleagueToken, "Development")).isBetween(403, 404);
  }

  @Test
  void everybodyIsToldWhoTheyAre() {
    JsonNode account = colleague.runs("account", "show", "--json").json();

    assertThat(account.path("email").stringValue()).isEqualTo(EMAIL);
    assertThat(account.path("fullName").stringValue()).isEqualTo("Nadia");
    assertThat(account.at("/organisation/id").stringValue()).isEqualTo(text("/organisation/id"));
    assertThat(owner.runs("account", "show").output()).contains(text("/owner/email"), "Owner");
  }

  @Test
  void theFileWithTheTokenIsForItsOwnerAlone() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(colleague.profiles())))
        .isEqualTo("rw-------");
  }

  @Test
  void aTokenIsMadeWithThePasswordAndTakenAwayByAnAdministrator() throws Exception {
    Person.Outcome refused =
        colleague.tries(List.of("not the password at all"), "tokens", "create", "laptop");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("The current password is wrong.");

    JsonNode created =
        colleague
            .types(List.of(PASSWORD), "tokens", "create", "laptop", "--expires-in", "600", "--json")
            .json();
    String token = created.path("token").stringValue();
    SECRETS.add(token);
    assertThat(http(token).get("/v1/tokens/").statusCode()).isEqualTo(200);
    // The same key pair, so that whatever is encrypted to the member opens with it.
    assertThat(Token.parse(token).publicKey()).isEqualTo(Token.parse(colleagueToken).publicKey());
    assertThat(colleague.runs("tokens", "list").output()).contains("laptop").doesNotContain(token);
    assertThat(Person.names(owner.runs("tokens", "list", "--member", EMAIL, "--json").json()))
        .contains("laptop", "command line");

    owner.runs("tokens", "delete", created.path("id").stringValue(), "--member", EMAIL);

    assertThat(http(token).get("/v1/tokens/").statusCode()).isEqualTo(401);
    assertThat(http(colleagueToken).get("/v1/tokens/").statusCode()).isEqualTo(200);
  }

  /** With the owner's account, whose password no other test needs. */
  @Test
  void aPasswordIsChangedAndReplacedWithTheRecoveryPhrase() throws Exception {
    Person.Outcome changed =
        owner.types(List.of(text("/password")), "account", "password", "--generate-password");
    String generated = changed.printed("newPassword");
    SECRETS.add(generated);
    assertThat(changed.output()).containsOnlyOnce(generated).contains("Your password was changed.");

    String token = owner.types(List.of(generated), "tokens", "create", "second").printed("token");
    SECRETS.add(token);
    assertThat(status(token, "Production")).isEqualTo(200);

    owner.types(List.of(text("/recovery"), text("/password")), "account", "recover");
    SECRETS.add(
        owner.types(List.of(text("/password")), "tokens", "create", "third").printed("token"));
  }

  /** What is refused makes keys all the same, which takes many seconds. */
  @Test
  @Tag("slow-lane")
  void aWrongPasswordOrPhraseChangesNothing() {
    assertThat(
            colleague
                .tries(List.of("not the password", "x".repeat(16)), "account", "password")
                .errors())
        .contains("The current password is wrong.");
    Person.Outcome wrong =
        colleague.tries(List.of(text("/recovery"), "y".repeat(16)), "account", "recover");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.errors()).contains("the recovery phrase is wrong");
    SECRETS.add(colleague.types(List.of(PASSWORD), "tokens", "create", "still").printed("token"));
  }

  @Test
  void aPolicyHoldsAndNobodyLocksThemselvesOutByAccident() throws Exception {
    JsonNode account =
        owner.runs("service-accounts", "create", "bot", "--role", "Service", "--json").json();
    String token = account.at("/initialToken/token").stringValue();
    SECRETS.add(token);
    owner.runs("service-accounts", "access", "bot", "example-app=Development");
    assertThat(status(token, "Development")).isEqualTo(200);
    owner.runs("policies", "create", "office", "--allow", "203.0.113.0/24,2001:db8::/32");
    assertThat(owner.runs("policies", "list").output()).contains("203.0.113.0/24,2001:db8::/32");

    owner.runs("policies", "attach", "office", "bot", "--service-account");
    assertThat(status(token, "Development")).isEqualTo(403);
    assertThat(
            Person.names(
                owner.runs("policies", "list", "--service-account", "bot", "--json").json()))
        .containsExactly("office");

    Person.Outcome guarded = owner.tries(List.of(), "policies", "update", "office", "--global");
    assertThat(guarded.exitCode()).isEqualTo(1);
    assertThat(guarded.errors()).contains("would lock you out", "127.0.0.1", "--force");
    assertThat(
            owner.tries(List.of(), "policies", "attach", "office", text("/owner/email")).exitCode())
        .isEqualTo(1);
    assertThat(owner.runs("policies", "show", "office", "--json").json().path("isGlobal"))
        .isEqualTo(JSON.readTree("false"));

    owner.runs("policies", "detach", "office", "bot", "--service-account");
    assertThat(status(token, "Development")).isEqualTo(200);
    owner.runs("policies", "delete", "office");
    owner.runs("service-accounts", "delete", "bot");
  }

  @Test
  void theOwnershipGoesToTheColleagueAndComesBack() {
    owner.runs("members", "role", EMAIL, "Admin");
    owner.runs("organisation", "transfer-ownership", EMAIL);
    assertThat(colleague.runs("account", "show", "--json").json().at("/role/name").asString())
        .isEqualTo("Owner");
    assertThat(owner.tries(List.of(), "organisation", "transfer-ownership", EMAIL).errors())
        .contains("Only the Owner can transfer the ownership");

    colleague.runs("organisation", "transfer-ownership", text("/owner/email"));
    owner.runs("members", "role", EMAIL, "Developer");
    owner.runs("members", "access", EMAIL, "--none");

    assertThat(owner.runs("account", "show", "--json").json().at("/role/name").asString())
        .isEqualTo("Owner");
  }

  @Test
  void aMemberWhoIsRemovedIsRefusedWithTheNextRequest() throws Exception {
    Person guest = new Person(folder.resolve("guest"), SECRETS);
    String link = invite("guest@example.com");
    Person.Outcome accepted =
        guest.types(List.of(link), "invite", "accept", "--generate-password", "--no-store");
    assertThat(accepted.printed("Password")).matches("[A-Za-z2-9]{24}");
    String token = accepted.printed("Token");
    SECRETS.addAll(
        List.of(accepted.printed("Password"), accepted.printed("Recovery phrase"), token));
    assertThat(guest.profiles()).doesNotExist();
    assertThat(http(token).get("/v1/tokens/").statusCode()).isEqualTo(200);

    owner.runs("members", "remove", "guest@example.com");

    assertThat(http(token).get("/v1/tokens/").statusCode()).isEqualTo(401);
  }
}
