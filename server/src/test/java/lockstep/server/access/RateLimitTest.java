package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {

  private static final RateLimit OF_PLAN = RateLimit.parse("7/s");
  private static final RateLimit OF_ALL = RateLimit.parse("8/s");

  @ParameterizedTest
  @CsvSource({
    "100/minute, 100, PT1M",
    "120/min, 120, PT1M",
    "120/m, 120, PT1M",
    "5/s, 5, PT1S",
    "5/second, 5, PT1S",
    "1000/hour, 1000, PT1H",
    "1/d, 1, PT24H",
    "1/day, 1, PT24H",
    "1/month, 1, PT1M",
    "007/s, 7, PT1S",
    "999999999/s, 999999999, PT1S",
  })
  void readsANumberAndTheFirstLetterOfAPeriod(String text, int requests, Duration period) {
    assertThat(RateLimit.parse(text)).isEqualTo(new RateLimit(requests, period));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "100",
        "100/",
        "/min",
        "0/min",
        "000/s",
        "-1/min",
        "+1/min",
        "1.5/min",
        "1e3/min",
        "100 /min",
        "100/ min",
        " 100/min",
        "100/x",
        "100/Min",
        "100/week",
        "100/min/s",
        "ten/min",
        "1000000000/min",
        "99999999999999999999/min",
        "٣/min",
        "100/1m"
      })
  void refusesAnythingElseAndTellsTheRule(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateLimit.parse(text))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("<number>/<period>")
        .withMessageContaining("s, m, h or d");
  }

  @Property
  void noTextMakesAnImpossibleLimit(@ForAll String text) {
    try {
      assertThat(RateLimit.parse(text).requests()).isPositive();
    } catch (IllegalArgumentException expected) {
      assertThat(expected).hasMessageContaining("<number>/<period>");
    }
  }

  @Test
  void isPositive() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(0, Duration.ofSeconds(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(1, Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> new RateLimit(1, Duration.ofSeconds(-1)));
  }

  @ParameterizedTest
  @EnumSource
  void thePlansLimitComesFirst(Plan plan) {
    RateLimits limits = new RateLimits(Map.of(plan, OF_PLAN), Optional.of(OF_ALL), true);

    for (Plan other : Plan.values()) {
      assertThat(limits.forAccounts(other)).contains(other == plan ? OF_PLAN : OF_ALL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void thenTheLimitOfAll(Plan plan) {
    assertThat(new RateLimits(Map.of(), Optional.of(OF_ALL), true).forAccounts(plan))
        .contains(OF_ALL);
    assertThat(new RateLimits(Map.of(), Optional.of(OF_ALL), false).forAccounts(plan))
        .contains(OF_ALL);
  }

  @Test
  void thenTheBuiltInOneWhereHosted() {
    RateLimits limits = new RateLimits(Map.of(), Optional.empty(), true);

    assertThat(limits.forAccounts(Plan.FREE)).contains(RateLimit.parse("120/min"));
    assertThat(limits.forAccounts(Plan.PRO)).contains(RateLimit.parse("240/min"));
    assertThat(limits.forAccounts(Plan.ENTERPRISE)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void elseNone(Plan plan) {
    assertThat(RateLimits.NONE.forAccounts(plan)).isEmpty();
  }

  @Test
  void callersWithoutTokenHaveTheLimitOfAllOnly() {
    Map<Plan, RateLimit> plans = new EnumMap<>(Map.of(Plan.FREE, OF_PLAN));

    assertThat(new RateLimits(plans, Optional.of(OF_ALL), true).forAnonymous()).contains(OF_ALL);
    assertThat(new RateLimits(plans, Optional.empty(), true).forAnonymous()).isEmpty();
  }
}
