package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lockstep.server.net.AddressLiteral;
import lockstep.server.net.AddressRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers can be forged by anyone; addresses of trusted proxies cannot. */
final class ClientAddressTest {
  private static final ClientAddress BEHIND_PROXIES =
      new ClientAddress(ranges("10.0.0.0/8", "2001:db8::/32"));

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(text -> AddressRange.parse(text).orElseThrow()).toList();
  }

  private static InetAddress ip(String text) {
    return AddressLiteral.parse(text).orElseThrow();
  }

  private static String client(String peer, List<String> realIp, List<String> forwardedFor) {
    return client(BEHIND_PROXIES, peer, realIp, forwardedFor);
  }

  private static String client(
      ClientAddress clientAddress, String peer, List<String> realIp, List<String> forwardedFor) {
    Map<String, List<String>> headers =
        Map.of("X-Real-IP", realIp, "X-Forwarded-For", forwardedFor);
    return clientAddress
        .of(ip(peer), name -> headers.getOrDefault(name, List.of()))
        .getHostAddress();
  }

  @Test
  void strangersForwardingHeadersAreIgnored() {
    assertThat(client("192.0.2.1", List.of("198.51.100.7"), List.of("198.51.100.8")))
        .isEqualTo("192.0.2.1");
    ClientAddress trustingNobody = new ClientAddress(List.of());
    assertThat(client(trustingNobody, "127.0.0.1", List.of("1.2.3.4"), List.of("1.2.3.4")))
        .isEqualTo("127.0.0.1");
  }

  @Test
  void realIpOfAProxyWins() {
    assertThat(client("10.1.1.1", List.of("198.51.100.7"), List.of("198.51.100.8")))
        .isEqualTo("198.51.100.7");
    assertThat(client("10.1.1.1", List.of(" 2001:DB8:1::7 "), List.of()))
        .isEqualTo("2001:db8:1:0:0:0:0:7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "198.51.100.7, 1.1.1.1", "198.51.100.7:80", "[::1]"})
  void realIpThatIsNotOneAddressIsPassedOver(String realIp) {
    assertThat(client("10.1.1.1", List.of(realIp), List.of("198.51.100.8")))
        .isEqualTo("198.51.100.8");
  }

  @Test
  void twoRealIpsArePassedOver() {
    assertThat(client("10.1.1.1", List.of("1.1.1.1", "2.2.2.2"), List.of("198.51.100.8")))
        .isEqualTo("198.51.100.8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.8|198.51.100.8",
        "6.6.6.6, 198.51.100.8|198.51.100.8",
        "6.6.6.6, 198.51.100.8, 10.2.2.2 ,10.3.3.3|198.51.100.8",
        "6.6.6.6, junk, 10.2.2.2|10.1.1.1",
        "6.6.6.6,|10.1.1.1",
        "junk, 198.51.100.8|198.51.100.8",
        "10.2.2.2, 10.3.3.3|10.1.1.1",
        "::ffff:198.51.100.8|198.51.100.8",
        "6.6.6.6, ::ffff:10.2.2.2|6.6.6.6",
        "6.6.6.6, 2001:db8::1|6.6.6.6",
        "evil.example|10.1.1.1",
        "unknown|10.1.1.1",
        "198.51.100.8:443|10.1.1.1"
      })
  void lastUntrustedHopCounts(String forwardedFor, String expected) {
    assertThat(client("10.1.1.1", List.of(), List.of(forwardedFor))).isEqualTo(expected);
  }

  @Test
  void severalHeadersAreOneList() {
    assertThat(client("10.1.1.1", List.of(), List.of("6.6.6.6, 7.7.7.7", "10.2.2.2")))
        .isEqualTo("7.7.7.7");
    assertThat(client("10.1.1.1", List.of(), List.of())).isEqualTo("10.1.1.1");
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4, 1.2.3.4",
    "255.255.255.255, 255.255.255.255",
    "::, 0:0:0:0:0:0:0:0",
    "::1, 0:0:0:0:0:0:0:1",
    "1::, 1:0:0:0:0:0:0:0",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "ABCD::ef01, abcd:0:0:0:0:0:0:ef01",
    "64:ff9b::1.2.3.4, 64:ff9b:0:0:0:0:102:304",
    "::ffff:1.2.3.4, 1.2.3.4",
    "::FFFF:102:304, 1.2.3.4",
    "0:0:0:0:0:ffff:1.2.3.4, 1.2.3.4"
  })
  void literals(String text, String expected) {
    assertThat(ip(text).getHostAddress()).isEqualTo(expected);
  }

  /** None of these may be looked up. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "example.com",
        "1",
        "1.2",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.-4",
        "1.2.3.4 ",
        "0x7f.0.0.1",
        "2130706433",
        "1.2.3.",
        "１.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4",
        ":1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:"
      })
  void whatIsNoAddressIsNone(String text) {
    assertThat(AddressLiteral.parse(text)).isEmpty();
    assertThat(AddressRange.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.255.0.1, true",
    "10.1.2.3/8, 11.0.0.1, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "192.0.2.7/31, 192.0.2.6, true",
    "192.0.2.7/32, 192.0.2.6, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 8.8.8.8, false",
    "2001:db8:ffff::1/33, 2001:db8:8000::, true",
    "2001:db8:ffff::1/33, 2001:db8:7fff::, false",
    "::ffff:10.0.0.0/104, 10.9.9.9, true",
    "::ffff:10.0.0.0/104, 11.9.9.9, false",
    "::ffff:10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, ::ffff:10.0.0.1, true",
    "::ffff:0:0/96, 1.2.3.4, true"
  })
  void ranges(String range, String address, boolean contained) {
    assertThat(AddressRange.parse(range).orElseThrow().contains(ip(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        "10.0.0.0/255.0.0.0",
        "::/129",
        "/8",
        "example.com/8",
        "10.0.0/8"
      })
  void whatIsNoRangeIsNone(String text) {
    assertThat(AddressRange.parse(text)).isEmpty();
  }

  @Test
  void rangesAreEqualByNetwork() {
    assertThat(AddressRange.parse("10.1.2.3/8")).isEqualTo(AddressRange.parse("10.0.0.0/8"));
    assertThat(AddressRange.parse("10.1.2.3/8").orElseThrow()).hasToString("10.0.0.0/8");
  }
}
