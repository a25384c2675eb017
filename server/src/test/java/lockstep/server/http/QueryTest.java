package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "app_id=1, 1",
        "appId=1, 1",
        "app_id=1&appId=2, 2",
        "appId=2&app_id=1, 1",
        "app_id=1&app_id=3, 3",
        "app_id=, none",
        "app_id=1&app_id=, none",
        "app_id, none",
        "APP_ID=1, none",
        "appid=1, none",
        "&&x=1&app_id=a=b&, a=b",
        "app%5Fid=1, 1",
        "app_id=a+b%20c%2B, a b c+",
        "app_id=%C3%A9, é",
        "app_id=é, é",
        "'', none"
      })
  void textsAreFoundUnderBothSpellingsAndTheLastCounts(String raw, String expected) {
    assertThat(Query.parse(raw).text("app_id").orElse(null)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "include_dynamic, true",
    "includeDynamic, true",
    "include_dynamic=, true",
    "include_dynamic=true, true",
    "include_dynamic=0, true",
    "include_dynamic=no, true",
    "include_dynamic=false, false",
    "include_dynamic=FaLsE, false",
    "include_dynamic&includeDynamic=false, false",
    "other, false"
  })
  void flags(String raw, boolean expected) {
    assertThat(Query.parse(raw).flag("include_dynamic")).isEqualTo(expected);
  }

  @Test
  void idsAreCanonical() {
    String id = "0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21";
    assertThat(Query.parse("secretId=" + id).id("secret_id")).contains(UUID.fromString(id));
    assertThat(Query.parse("secretId=1-1-1-1-1").id("secret_id")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%zz",
        "a=%-1",
        "a=%+1",
        "a=%ff",
        "a=%c0%af",
        "a=%ed%a0%80",
        "a=%e9",
        "%zz=1",
        "ok=1&a=%",
        "a=%u0041",
        "a=\uFFFD",
        "a=%００"
      })
  void whatCannotBeDecodedIsRefused(String raw) {
    assertThatThrownBy(() -> Query.parse(raw)).hasMessage("Invalid query string.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%00", "a=x%00y", "%00=1", "a=1&%00"})
  void nullBytesAreNamed(String raw) {
    assertThatThrownBy(() -> Query.parse(raw)).hasMessage("Null bytes are not allowed.");
  }
}
