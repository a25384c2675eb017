package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands for the audit log against a server on which little else has happened. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before all tests
final class AuditCommandsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private static Path folder;

  private static CommandProcess server;
  private static URI address;
  private static JsonNode bootstrap;
  private static Person owner;

  @BeforeAll
  static void logIn() throws Exception {
    Path data = folder.resolve("data");
    bootstrap = FirstStart.copyTo(data);
    server = CommandProcess.startAgainLoggingAll(data);
    address = server.address();
    owner = new Person(folder.resolve("owner"), new CopyOnWriteArrayList<>());
    owner.types(
        List.of(bootstrap.at("/token").stringValue()), "login", "--address", address.toString());
    owner.runs("teams", "create", "auditors");
  }

  @AfterAll
  static void stop() {
    server.terminate();
    server.close();
  }

  private static List<JsonNode> data(JsonNode answer) {
    List<JsonNode> data = new ArrayList<>();
    answer.get("data").forEach(data::add);
    return data;
  }

  @Test
  void eventsAreListedForPeopleNewestFirst() {
    String listed = owner.runs("audit", "list", "--resource-type", "team").output();
    assertThat(listed.lines().findFirst().orElseThrow())
        .startsWith("SEQUENCE")
        .contains("CREATED AT", "NAME", "ACTION", "RESOURCE TYPE", "DESCRIPTION");
    assertThat(listed.lines().skip(1))
        .singleElement()
        .asString()
        .contains("owner@localhost", "create", "team", "Team created");
  }

  @Test
  void filtersAndLimitHoldForScripts() {
    List<JsonNode> all = data(owner.runs("audit", "list", "--limit", "1000", "--json").json());
    assertThat(all).hasSizeGreaterThan(5);
    JsonNode answer =
        owner.runs("audit", "list", "--limit", "2", "--action", "create", "--json").json();
    assertThat(data(answer))
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.get("action").stringValue()).isEqualTo("create"));
    JsonNode next =
        owner
            .runs(
                "audit",
                "list",
                "--action",
                "create",
                "--json",
                "--cursor",
                answer.get("nextCursor").stringValue())
            .json();
    assertThat(data(next).getFirst().get("sequence").longValue())
        .isLessThan(data(answer).getLast().get("sequence").longValue());
    assertThat(data(owner.runs("audit", "list", "--member", "owner@localhost", "--json").json()))
        .isNotEmpty();
    assertThat(
            data(owner.runs("audit", "list", "--to", "2026-01-01T00:00:00+01:00", "--json").json()))
        .isEmpty();

    Person.Outcome refused = owner.tries(List.of(), "audit", "list", "--action", "steal");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors()).contains("'action' must be one of create, ");
  }

  @Test
  void anExportIsVerifiedWithoutTheDatabase() throws Exception {
    String exported = owner.runs("audit", "export").output();
    List<JsonNode> events = exported.lines().map(JSON::readTree).toList();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).get("sequence").longValue()).isEqualTo(i + 1L);
    }
    Path file = Files.writeString(folder.resolve("audit.jsonl"), exported);
    Person.Outcome intact = owner.runs("audit", "verify", "--file", file.toString());
    assertThat(intact.output())
        .contains(
            events.size() + " records, the newest is " + events.size(),
            "Signatures of checkpoints were not verified",
            "Everything is as it was recorded.");

    String rest = owner.runs("audit", "export", "--after", "3").output();
    assertThat(rest).startsWith(events.get(3).toString());

    Files.writeString(file, exported.replace("owner@localhost", "owner@elsewhere"));
    Person.Outcome changed =
        owner.tries(List.of(), "audit", "verify", "--file", file.toString(), "--json");
    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.output().lines().map(JSON::readTree))
        .anySatisfy(
            line -> {
              assertThat(line.at("/problem/sequence").asLong()).isEqualTo(2);
              assertThat(line.at("/problem/kind").asString()).isEqualTo("CHANGED");
            })
        .anySatisfy(line -> assertThat(line.path("intact").asBoolean(true)).isFalse());
  }

  @Test
  void thePublicKeyThatAVerificationPrintedVerifiesWithoutTheServerKey() throws Exception {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    String data = folder.resolve("data").toString();
    String printed = owner.runs("audit", "verify", "--data-dir", data).output();
    String label = "Public key of the checkpoints: ";
    String key =
        printed
            .lines()
            .filter(line -> line.startsWith(label))
            .findFirst()
            .orElseThrow()
            .substring(label.length());
    assertThat(
            owner
                .runs("audit", "verify", "--data-dir", data, "--public-key", key, "--json")
                .output())
        .contains("\"intact\":true", key);
    assertThat(owner.tries(List.of(), "audit", "verify", "--data-dir", copy.toString()).errors())
        .contains("there is no database in");
    assertThat(
            owner
                .tries(List.of(), "audit", "verify", "--data-dir", data, "--public-key", "x")
                .exitCode())
        .isNotZero();
  }

  @Test
  void whatAnEarlierVerificationPrintedIsExpectedOfTheNext() {
    String data = folder.resolve("data").toString();
    JsonNode chain =
        owner
            .runs("audit", "verify", "--data-dir", data, "--json")
            .output()
            .lines()
            .map(JSON::readTree)
            .filter(line -> line.has("chain"))
            .findFirst()
            .orElseThrow()
            .get("chain");
    String place =
        chain.get("organisation").stringValue() + ":" + chain.get("sequence").longValue() + ":";
    owner.runs(
        "audit", "verify", "--data-dir", data, "--expect", place + chain.get("hash").stringValue());

    Person.Outcome other =
        owner.tries(
            List.of(), "audit", "verify", "--data-dir", data, "--expect", place + "ab".repeat(32));
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.output()).contains("another hash than the expected one (UNEXPECTED)");
    Person.Outcome unreadable =
        owner.tries(List.of(), "audit", "verify", "--data-dir", data, "--expect", place);
    assertThat(unreadable.exitCode()).isEqualTo(2);
    assertThat(unreadable.errors()).contains("ORGANISATION:NUMBER:HASH");
  }
}
