package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // set before the tests
final class ProfilesTest {

  private static final String STORED = "User " + "a".repeat(64);
  private static final String OTHER = "User " + "b".repeat(64);

  @TempDir private Path folder;

  private Profiles profiles(Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("LOCKSTEP_CONFIG", folder.resolve("sub").resolve("config.json").toString());
    Profiles profiles = new Profiles(environment);
    profiles.store(Profiles.DEFAULT, "https://one.example:8443", STORED);
    return profiles;
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://one.example:8443", "https://ONE.example:8443/"})
  void aStoredTokenIsSentToItsOwnAddress(String address) {
    assertThat(profiles(Map.of()).connection(Optional.empty(), Optional.of(address)))
        .extracting(Connection::authorization)
        .isEqualTo("Bearer " + STORED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://two.example:8443", "http://one.example:8443", "https://one.example"})
  void aStoredTokenIsNotSentAnywhereElse(String address) {
    assertThatThrownBy(() -> profiles(Map.of()).connection(Optional.empty(), Optional.of(address)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("LOCKSTEP_TOKEN")
        .hasMessageNotContaining("aaaa");
    assertThatThrownBy(
            () ->
                profiles(Map.of("LOCKSTEP_ADDRESS", address))
                    .connection(Optional.empty(), Optional.empty()))
        .isInstanceOf(CommandException.class);
  }

  @Test
  void aTokenFromTheEnvironmentIsSentToAnyAddress() {
    Connection connection =
        profiles(Map.of("LOCKSTEP_TOKEN", OTHER))
            .connection(Optional.empty(), Optional.of("https://two.example"));

    assertThat(connection.address()).isEqualTo(URI.create("https://two.example/"));
    assertThat(connection.authorization()).isEqualTo("Bearer " + OTHER);
  }
}
