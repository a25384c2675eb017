package lockstep.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmailAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b.cd",
        "first.last+tag@sub.example-host.test",
        "o'neil@example.test",
        "1@1.test",
        "owner@localhost",
        "x@xn--bcher-kva.example"
      })
  void acceptsWhatPeopleHave(String text) {
    assertThat(EmailAddress.parse(text)).map(EmailAddress::value).hasValue(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "@b.cd",
        "a@",
        "a@b",
        "a@b.c",
        "a@b..cd",
        "a@.b.cd",
        "a@b.cd.",
        "a@-b.cd",
        "a@b-.cd",
        "a@b.12",
        ".a@b.cd",
        "a.@b.cd",
        "a..b@c.de",
        "a b@c.de",
        "a@b@c.de",
        "a@b c.de",
        "\"a\"@b.cd",
        "a@[127.0.0.1]",
        "a@b.cd\r\nBcc: x@y.zz",
        "a\u0000@b.cd",
        "ä@b.cd",
        "a@b\u3002cd",
        "a@bücher.test",
        "Somebody <a@b.cd>"
      })
  void refusesEverythingElse(String text) {
    assertThat(EmailAddress.parse(text)).isEmpty();
  }

  @Test
  void hasOneSpelling() {
    assertThat(EmailAddress.parse(" \tNadia@ACME.Test\n"))
        .isEqualTo(EmailAddress.parse("nadia@acme.test"));
  }

  @Test
  void isAtMost254CharactersLong() {
    String domain = "d".repeat(61) + "." + "e".repeat(61) + "." + "f".repeat(60) + ".test";
    String longest = "l".repeat(64) + "@" + domain;

    assertThat(longest).hasSize(254);
    assertThat(EmailAddress.parse(longest)).isPresent();
    assertThat(EmailAddress.parse("l".repeat(64) + "@f" + domain)).isEmpty();
    assertThat(EmailAddress.parse("l".repeat(65) + "@b.cd")).isEmpty();
  }
}
