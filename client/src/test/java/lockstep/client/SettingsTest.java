package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {

  private final String token = new TestAccount().token();

  @ParameterizedTest
  @CsvSource({
    "https://a.example,https://a.example",
    "HTTPS://A.Example///,https://a.example",
    "https://a.example:8443/base/,https://a.example:8443/base",
    "http://localhost:8080,http://localhost:8080",
    "http://127.0.0.1:1/,http://127.0.0.1:1",
    "http://127.9.9.9,http://127.9.9.9",
    "http://[::1]:8080/,http://[::1]:8080",
    "' https://a.example ',https://a.example"
  })
  void addressesHaveOneSpelling(String text, String address) {
    try (LockstepClient client = LockstepClient.connect(text, token)) {
      assertThat(client.address()).isEqualTo(address);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.example",
        "http://10.0.0.1",
        "http://localhost.a.example",
        "http://127.0.0.1.a.example",
        "http://[::2]"
      })
  void plainHttpOverTheNetworkHasToBeAllowed(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockstepClient.connect(address, token))
        .withMessageContaining("unencrypted");
    LockstepClient.builder().address(address).token(token).allowPlainHttp().build().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.example",
        "ftp://a.example",
        "https://",
        "https:///path",
        "https://user:password@a.example",
        "https://a.example?x",
        "https://a.example#x",
        "https://a b"
      })
  void whatIsNoAddressIsRefusedWithoutRepeatingIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockstepClient.connect(text, token))
        .withMessage(
            "the address must be of the form https://host:port, without user, query and fragment");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pss_user", "pss_env:v1:a:b:c:d", "User 00"})
  void whatIsNoTokenIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockstepClient.connect("https://a.example", text))
        .withMessageStartingWith("the token is not legal");
  }

  @Test
  void variablesOfOursComeFirst() {
    assertThat(
            address(
                Map.of(
                    "LOCKSTEP_ADDRESS", "https://ours.example",
                    "LOCKSTEP_TOKEN", token,
                    "PHASE_HOST", "https://theirs.example",
                    "PHASE_SERVICE_TOKEN", "not looked at")))
        .isEqualTo("https://ours.example");
  }

  @Test
  void variablesOfPhaseServeWithoutOurs() {
    assertThat(
            address(Map.of("PHASE_HOST", "https://theirs.example/", "PHASE_SERVICE_TOKEN", token)))
        .isEqualTo("https://theirs.example");
  }

  @Test
  void aTokenNeverGoesToTheAddressOfTheOtherPair() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> address(Map.of("LOCKSTEP_TOKEN", token, "PHASE_HOST", "https://theirs.example")))
        .withMessageEndingWith("LOCKSTEP_ADDRESS is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                address(
                    Map.of(
                        "LOCKSTEP_ADDRESS", "https://ours.example", "PHASE_SERVICE_TOKEN", token)))
        .withMessageEndingWith("LOCKSTEP_TOKEN is missing");
    assertThatIllegalArgumentException().isThrownBy(() -> address(Map.of()));
  }

  private static String address(Map<String, String> variables) {
    try (LockstepClient client = LockstepClient.builder().fromEnvironment(variables).build()) {
      return client.address();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,PT0S",
    "' 12 ',PT12S",
    "999999999,PT999999999S",
    "'Fri, 02 Jan 2026 03:04:15 GMT',PT10S",
    "'Fri, 02 Jan 2026 03:04:00 GMT',PT0S"
  })
  void theTimeToWaitIsSecondsOrADate(String text, Duration wait) {
    assertThat(RetryAfter.parse(text, Instant.parse("2026-01-02T03:04:05Z"))).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5", "soon", "99999999999999999999", "2026-01-02T03:04:15Z"})
  void otherTimesToWaitAreIgnored(String text) {
    assertThat(RetryAfter.parse(text, Instant.EPOCH)).isEmpty();
  }

  @Test
  void pausesNeverExceedTheLongestUnlessTheServerAsks() {
    Backoff backoff = new Backoff(100, Duration.ofMillis(100), Duration.ofSeconds(5));

    assertThat(backoff.pause(99, Optional.empty(), 1.0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(backoff.pause(1, Optional.of(Duration.ofMinutes(9)), 0.0))
        .isEqualTo(Duration.ofMinutes(9));
  }
}
