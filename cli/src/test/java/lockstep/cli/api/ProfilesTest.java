package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
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
    assertThat(profiles(Map.of()).credentials(Optional.empty(), Optional.of(address)))
        .isEqualTo(new Credentials(address, STORED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://two.example:8443", "http://one.example:8443", "https://one.example"})
  void aStoredTokenIsNotSentAnywhereElse(String address) {
    assertThatThrownBy(() -> profiles(Map.of()).credentials(Optional.empty(), Optional.of(address)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("LOCKSTEP_TOKEN")
        .hasMessageNotContaining("aaaa");
    assertThatThrownBy(
            () ->
                profiles(Map.of("LOCKSTEP_ADDRESS", address))
                    .credentials(Optional.empty(), Optional.empty()))
        .isInstanceOf(CommandException.class);
  }

  @Test
  void aTokenFromTheEnvironmentIsSentToAnyAddress() {
    assertThat(
            profiles(Map.of("LOCKSTEP_TOKEN", OTHER))
                .credentials(Optional.empty(), Optional.of("https://two.example")))
        .isEqualTo(new Credentials("https://two.example", OTHER));
  }

  @Test
  void variablesOfPhaseCountAsAPairIfNothingElseIsKnown() {
    Map<String, String> phase =
        Map.of("PHASE_HOST", "https://three.example", "PHASE_SERVICE_TOKEN", OTHER);

    assertThat(profiles(phase).credentials(Optional.empty(), Optional.empty()))
        .isEqualTo(new Credentials("https://one.example:8443", STORED));
    assertThat(new Profiles(withoutFile(phase)).credentials(Optional.empty(), Optional.empty()))
        .isEqualTo(new Credentials("https://three.example", OTHER));
    // Neither half goes with something of Lockstep.
    for (Map<String, String> ours :
        List.of(
            Map.of("LOCKSTEP_ADDRESS", "https://two.example"),
            Map.of("LOCKSTEP_TOKEN", STORED),
            Map.of("LOCKSTEP_PROFILE", "another"))) {
      Map<String, String> mixed = withoutFile(phase);
      mixed.putAll(ours);
      assertThatThrownBy(() -> new Profiles(mixed).credentials(Optional.empty(), Optional.empty()))
          .isInstanceOf(CommandException.class);
    }
  }

  private Map<String, String> withoutFile(Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("LOCKSTEP_CONFIG", folder.resolve("none.json").toString());
    return environment;
  }

  @Test
  void theBearerFormIsNoWholeToken() {
    assertThatThrownBy(() -> new Credentials("https://one.example", STORED).wholeToken())
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("lockstep login")
        .hasMessageNotContaining("aaaa");
    assertThat(new Credentials("https://one.example", " pss_user:v1:x ").wholeToken())
        .isEqualTo("pss_user:v1:x");
    assertThat(new Credentials("https://one.example", STORED).toString()).doesNotContain("aaaa");
  }
}
