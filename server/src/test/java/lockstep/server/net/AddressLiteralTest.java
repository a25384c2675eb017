package lockstep.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLiteralTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "192.0.2.1, 192.0.2.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:DB8::A, 2001:db8::a",
    "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "0:0:0:0:0:0:0:1, ::1",
    "1:0:0:0:0:0:0:0, 1::",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:7.8.9.10, 1:2:3:4:5:6:708:90a",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::FFFF:c000:201, 192.0.2.1",
    "0:0:0:0:0:ffff:192.0.2.1, 192.0.2.1",
    "::192.0.2.1, ::c000:201",
    "::1:ffff:192.0.2.1, ::1:ffff:c000:201",
    "::ff:192.0.2.1, ::ff:c000:201",
    "::ff00:192.0.2.1, ::ff00:c000:201",
  })
  void readsLiteralsAndWritesTheirOneForm(String text, String canonical) {
    assertThat(AddressLiteral.parse(text).map(AddressLiteral::format)).contains(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "256.1.1.1",
        "1.2.3.999",
        "01.2.3.4",
        "1.2.3.04",
        "00.0.0.0",
        "0x1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "+1.2.3.4",
        "-1.2.3.4",
        "1.2.3.٤",
        "1.2.3.1-",
        "1.2.3.1/",
        "1.2.3.1:",
        "1.2.3.4000",
        "3232235777",
        "localhost",
        "example.com",
        "[::1]",
        "::1%eth0",
        "fe80::1%1",
        ":",
        ":::",
        "::1::",
        "1::2::3",
        ":1",
        "1:",
        ":1::",
        "1::2:",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "12345::",
        "00000::",
        "g::",
        "::g",
        "::-1",
        "::+1",
        "1.2.3.4::",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "1:1.2.3.4:2::",
        "::1.2.3.4/1",
        "1.2.3.4/8",
        "::٣",
        "1:2:3:4:5:6:7:",
        "1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1"
      })
  void refusesAnyOtherText(String text) {
    assertThat(AddressLiteral.parse(text)).isEmpty();
  }

  @Property
  void anyIpv4AddressSurvivesWritingAndReading(@ForAll @Size(4) byte[] bytes)
      throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(bytes);

    assertThat(AddressLiteral.format(address)).isEqualTo(address.getHostAddress());
    assertThat(AddressLiteral.parse(AddressLiteral.format(address))).contains(address);
  }

  @Property
  void anyIpv6AddressSurvivesWritingAndReading(@ForAll @Size(16) byte[] bytes)
      throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(bytes);

    assertThat(AddressLiteral.parse(AddressLiteral.format(address))).contains(address);
    assertThat(AddressLiteral.parse(address.getHostAddress())).contains(address);
  }

  @Property
  void sparseIpv6AddressesSurviveWritingAndReading(@ForAll int groups) throws UnknownHostException {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 16; i++) {
      bytes[i] = (byte) (groups >> i & 1);
    }
    InetAddress address = InetAddress.getByAddress(bytes);

    assertThat(AddressLiteral.parse(AddressLiteral.format(address))).contains(address);
  }

  @Property
  void noTextMakesItThrow(
      @ForAll
          @StringLength(max = 24)
          @Chars({':', '.', '/', 'f', 'g', ' '})
          @CharRange(from = '0', to = '9')
          String text) {
    AddressLiteral.parse(text)
        .ifPresent(
            address ->
                assertThat(AddressLiteral.parse(AddressLiteral.format(address))).contains(address));
  }

  @Test
  void aMappedAddressIsTheIpv4AddressInIt() throws UnknownHostException {
    assertThat(AddressLiteral.parse("::ffff:192.0.2.1").orElseThrow())
        .isInstanceOf(Inet4Address.class);
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
    Inet6Address stillIpv6 = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(AddressLiteral.format(stillIpv6)).isEqualTo("192.0.2.1");
  }
}
