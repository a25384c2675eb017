package lockstep.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import lockstep.server.http.ApiException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenExpiryTest {

  @ParameterizedTest
  @CsvSource({
    "2026-12-31T23:59:59Z, 2026-12-31T23:59:59Z",
    "2026-12-31t23:59:59z, 2026-12-31T23:59:59Z",
    "2026-12-31 23:59:59+00:00, 2026-12-31T23:59:59Z",
    "2026-12-31T23:59Z, 2026-12-31T23:59:00Z",
    "2026-12-31T23:59:59.123456789Z, 2026-12-31T23:59:59.123456Z",
    "'2026-12-31T23:59:59,5-0800', 2027-01-01T07:59:59.500Z",
    "2026-12-31T23:59:59+05:30, 2026-12-31T18:29:59Z",
    "2026-12-31T23:59:59+05, 2026-12-31T18:59:59Z",
    "20261231T235959Z, 2026-12-31T23:59:59Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
  })
  void readsDatesAndTimesWithAnOffset(String text, Instant expected) {
    assertThat(TokenExpiry.instant(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-12-31T",
        "2026-12-31TZ",
        "2026-1-1T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-12-31T23:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-12-31T23:59:59+24:00",
        "2026-12-31T23:59:59+00:60",
        "2026-12-31T23:59:59 Z",
        "2026-12-31T23:59:59Z ",
        "2026-12-31T23:59:59.Z",
        "2026-1231T23:59:59Z",
        "+2026-12-31T23:59:59Z",
        "12026-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "2026-W53-4T00:00:00Z",
        "٢٠٢٦-12-31T23:59:59Z",
        "1798761599",
      })
  void anythingElseIsNoTime(String text) {
    assertThatThrownBy(() -> TokenExpiry.instant(text))
        .isInstanceOf(ApiException.class)
        .hasMessage("'expires_at' is not a valid ISO-8601 datetime.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-12-31T23:59:59", "2026-12-31T23:59", "2026-12-31", "20261231"})
  void aTimeWithoutOffsetIsNoPointInTime(String text) {
    assertThatThrownBy(() -> TokenExpiry.instant(text))
        .isInstanceOf(ApiException.class)
        .hasMessage("'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
  }
}
