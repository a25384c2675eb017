package lockstep.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3",
    "10.1.2.3/32, 10.1.2.3",
    "10.1.2.3/31, 10.1.2.2/31",
    "10.1.2.3/8, 10.0.0.0/8",
    "10.1.2.3/0, 0.0.0.0/0",
    "172.31.255.255/12, 172.16.0.0/12",
    "2001:db8::1, 2001:db8::1",
    "2001:db8::1/128, 2001:db8::1",
    "2001:db8:ffff::1/33, 2001:db8:8000::/33",
    "::/0, ::/0",
    "::ffff:10.1.2.3, 10.1.2.3",
    "::ffff:10.1.2.3/128, 10.1.2.3",
    "::ffff:10.1.2.3/104, 10.0.0.0/8",
    "::ffff:10.1.2.3/96, 0.0.0.0/0",
    "::ffff:10.1.2.3/95, ::fffe:0:0/95",
  })
  void readsAddressesAndRangesAndWritesTheirOneForm(String text, String canonical) {
    assertThat(range(text)).hasToString(canonical).isEqualTo(range(canonical));
    assertThat(range(text)).hasSameHashCodeAs(range(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/1-",
        "10.0.0.0/1:",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/ 8",
        "10.0.0.0 /8",
        " 10.0.0.0/8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "10/8",
        "10.0.0/8",
        "::/129",
        "::/1000",
        "::/0x8",
        "::1%1/64",
        "example.com",
        "example.com/8",
        "10.0.0.0-10.0.0.9",
        "10.0.0.*",
        "10.0.0.0,10.0.0.1",
        "*"
      })
  void refusesAnyOtherText(String text) {
    assertThat(AddressRange.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.128/25, 10.0.0.127, false",
    "10.0.0.128/25, 10.0.0.255, true",
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.0, false",
    "0.0.0.0/0, 255.1.2.3, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 10.0.0.1, false",
    "::/0, ffff::, true",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "::ffff:10.0.0.0/104, 10.9.9.9, true",
    "::ffff:0:0/95, 10.9.9.9, false",
    "::10.0.0.1, 10.0.0.1, false",
  })
  void holdsTheAddressesThatShareItsLeadingBits(String range, String address, boolean held) {
    assertThat(range(range).contains(address(address))).isEqualTo(held);
  }

  @Test
  void comparesMappedAddressesAsIpv4WhateverTheirClass() throws UnknownHostException {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
    Inet6Address stillIpv6 = Inet6Address.getByAddress(null, mapped, -1);

    assertThat(range("10.0.0.0/8").contains(stillIpv6)).isTrue();
    assertThat(range("::/0").contains(stillIpv6)).isFalse();
  }

  @Test
  void rangesOfDifferentAddressesDiffer() {
    assertThat(range("10.0.0.0/8"))
        .isNotEqualTo(range("10.0.0.0/9"))
        .isNotEqualTo(range("11.0.0.0/8"))
        .isNotEqualTo(range("::/8"))
        .isNotEqualTo("10.0.0.0/8");
  }

  @Property
  void agreesWithArithmeticOnIpv4(
      @ForAll @Size(4) byte[] network,
      @ForAll @IntRange(max = 32) int prefixLength,
      @ForAll @Size(4) byte[] other,
      @ForAll @IntRange(max = 32) int shared)
      throws UnknownHostException {
    assertAgreesWithArithmetic(network, prefixLength, shareLeadingBits(other, network, shared));
  }

  @Property
  void agreesWithArithmeticOnIpv6(
      @ForAll @Size(16) byte[] network,
      @ForAll @IntRange(max = 128) int prefixLength,
      @ForAll @Size(16) byte[] other,
      @ForAll @IntRange(max = 128) int shared)
      throws UnknownHostException {
    // Not in the mapped block, which the examples above cover.
    network[0] |= 1;
    assertAgreesWithArithmetic(network, prefixLength, shareLeadingBits(other, network, shared));
  }

  @Property
  void whateverItReadsItWritesReadably(
      @ForAll @StringLength(max = 20) @Chars({':', '.', '/', 'f'}) @CharRange(from = '0', to = '9')
          String text) {
    AddressRange.parse(text)
        .ifPresent(range -> assertThat(AddressRange.parse(range.toString())).contains(range));
  }

  private static void assertAgreesWithArithmetic(byte[] network, int prefixLength, byte[] other)
      throws UnknownHostException {
    AddressRange range =
        range(AddressLiteral.format(InetAddress.getByAddress(network)) + "/" + prefixLength);
    int ignoredBits = network.length * 8 - prefixLength;
    boolean expected =
        new BigInteger(1, network)
            .shiftRight(ignoredBits)
            .equals(new BigInteger(1, other).shiftRight(ignoredBits));

    assertThat(range.contains(InetAddress.getByAddress(network))).isTrue();
    assertThat(range.contains(InetAddress.getByAddress(other))).isEqualTo(expected);
    assertThat(AddressRange.parse(range.toString())).contains(range);
  }

  /** Random addresses share almost no leading bits; these share a random number of them. */
  private static byte[] shareLeadingBits(byte[] rest, byte[] leading, int bits) {
    BigInteger low = BigInteger.ONE.shiftLeft(rest.length * 8 - bits).subtract(BigInteger.ONE);
    BigInteger mixed = new BigInteger(1, leading).andNot(low).or(new BigInteger(1, rest).and(low));
    byte[] bytes = new byte[rest.length];
    byte[] digits = mixed.toByteArray();
    int length = Math.min(digits.length, bytes.length);
    System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
    return bytes;
  }

  private static AddressRange range(String text) {
    return AddressRange.parse(text).orElseThrow();
  }

  private static InetAddress address(String text) {
    return AddressLiteral.parse(text).orElseThrow();
  }
}
