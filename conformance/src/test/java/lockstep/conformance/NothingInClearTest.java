package lockstep.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.NewSecret;
import lockstep.client.PersonalOverride;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A thief of the machine finds nothing of an end-to-end app: not in the files of the database, not
 * in what the server printed, and not in its memory while it runs.
 */
@EnabledOnOs(OS.LINUX)
final class NothingInClearTest {

  @TempDir private Path folder;

  @Test
  void ofAnEndToEndAppTheServerHoldsNoNameNoValueAndNoComment() throws Exception {
    List<String> canaries = List.of(canary("KEY"), canary("VALUE"), canary("NOTE"), canary("OWN"));
    String appName = canary("app");
    try (ServerProcess server = ServerProcess.start(folder)) {
      JsonNode bootstrap = server.bootstrap();
      String token = bootstrap.get("token").stringValue();
      TestCaller owner =
          TestCaller.authorized(
              server.address(),
              UUID.fromString(bootstrap.at("/owner/id").stringValue()),
              bootstrap.get("bearerToken").stringValue());
      findsWhatTheServerDecrypts(server, owner);
      TestApp app = new EndToEndClient(owner).app(appName, "Production");

      try (LockstepClient client = LockstepClient.connect(server.address().toString(), token)) {
        Environment production = client.environment(appName, "Production");
        production.create(
            NewSecret.of(canaries.get(0), canaries.get(1))
                .withComment(canaries.get(2))
                .withOverride(new PersonalOverride(canaries.get(3), true)));
        assertThat(production.values()).containsEntry(canaries.get(0), canaries.get(3));
        assertThat(production.get(canaries.get(0)).sharedValue()).isEqualTo(canaries.get(1));
      }
      owner.get(app.secrets("Production")).is(400);

      // The name of the app, which the server knows, shows that the search finds what is there.
      List<String> all = new ArrayList<>(canaries);
      all.add(appName);
      ByteSearch search = new ByteSearch(all);
      assertThat(search.inMemoryOf(server.pid())).as("memory").containsExactly(appName);
      assertThat(search.inFilesOf(folder)).as("files").containsExactly(appName);
    }
    assertThat(new ByteSearch(canaries).inFilesOf(folder)).as("after the end").isEmpty();
    assertThat(Files.size(folder.resolve("stdout.log"))).isPositive();
  }

  /** Without this, finding no value could mean that values cannot be found. */
  private static void findsWhatTheServerDecrypts(ServerProcess server, TestCaller owner)
      throws Exception {
    String value = canary("DECRYPTED");
    String example = owner.get("/v1/apps/").is(200).json().at("/data/0/id").stringValue();
    String secrets = "/v1/secrets/?app_id=" + example + "&env=Development";
    owner.post(secrets, TestApp.body(TestApp.secret("CONTROL", value))).is(201);
    assertThat(owner.get(secrets).is(200).each("value")).contains(value);

    assertThat(new ByteSearch(List.of(value)).inMemoryOf(server.pid()))
        .as("memory of a server that decrypts")
        .containsExactly(value);
  }

  private static String canary(String kind) {
    return (kind + "_" + UUID.randomUUID()).replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
