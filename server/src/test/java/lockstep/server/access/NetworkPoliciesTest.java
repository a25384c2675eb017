package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lockstep.server.net.AddressLiteral;
import lockstep.server.net.AddressRange;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkPoliciesTest {

  private static final List<String> NONE = List.of();
  private static final String UNKNOWN = "";

  static Stream<Arguments> cases() {
    return Stream.of(
        given("no policies allow everybody", NONE, NONE, "192.0.2.1", true),
        given("no policies allow even unknown addresses", NONE, NONE, UNKNOWN, true),
        given("an own policy admits its range", List.of("10.0.0.0/8"), NONE, "10.1.1.1", true),
        given("an own policy refuses others", List.of("10.0.0.0/8"), NONE, "11.1.1.1", false),
        given("global policies hold without own ones", NONE, List.of("10.0.0.1"), "10.0.0.1", true),
        given("global policies refuse others", NONE, List.of("10.0.0.1"), "10.0.0.2", false),
        given(
            "own policies replace global ones, to admit",
            List.of("10.0.0.1"),
            List.of("10.0.0.2"),
            "10.0.0.1",
            true),
        given(
            "own policies replace global ones, to refuse",
            List.of("10.0.0.1"),
            List.of("10.0.0.2"),
            "10.0.0.2",
            false),
        given(
            "any of several policies admits",
            List.of("10.0.0.1", "10.0.0.2"),
            NONE,
            "10.0.0.2",
            true),
        given(
            "any entry of a policy admits",
            List.of("10.0.0.1, 2001:db8::/32 ,\t10.0.0.2"),
            NONE,
            "10.0.0.2",
            true),
        given("host bits are ignored", List.of("10.1.2.3/8"), NONE, "10.9.9.9", true),
        given("mapped clients are IPv4", List.of("10.0.0.0/8"), NONE, "::ffff:10.1.1.1", true),
        given("mapped entries are IPv4", List.of("::ffff:10.0.0.1"), NONE, "10.0.0.1", true),
        given("IPv6 entries admit no IPv4", List.of("::/0"), NONE, "10.0.0.1", false),
        given("IPv6", List.of("2001:db8::/32"), NONE, "2001:db8::1", true),
        given("invalid entries are skipped", List.of("x, 10.0.0.1,,"), NONE, "10.0.0.1", true),
        given("a policy without valid entries", List.of("localhost"), NONE, "127.0.0.1", false),
        given("an empty policy admits nobody", List.of(""), NONE, "10.0.0.1", false),
        given(
            "an invalid own policy still replaces global ones",
            List.of("x"),
            List.of("10.0.0.1"),
            "10.0.0.1",
            false),
        given("an unknown address is refused", List.of("0.0.0.0/0,::/0"), NONE, UNKNOWN, false),
        given("an unknown address globally", NONE, List.of("0.0.0.0/0,::/0"), UNKNOWN, false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void policies(
      String name, List<String> own, List<String> global, String client, boolean allowed) {
    assertThat(new NetworkPolicies(own, global).allow(AddressLiteral.parse(client)))
        .as(name)
        .isEqualTo(allowed);
  }

  @Test
  void listsThatChangeLaterChangeNothing() {
    List<String> own = new ArrayList<>(List.of("10.0.0.1"));
    NetworkPolicies policies = new NetworkPolicies(own, NONE);
    own.clear();

    assertThat(policies.allow(AddressLiteral.parse("10.0.0.2"))).isFalse();
  }

  @Provide
  Arbitrary<String> policy() {
    return Arbitraries.of(
            "10.0.0.1",
            "10.0.0.2/31",
            "10.0.0.0/8",
            "::ffff:10.0.0.1",
            "2001:db8::/127",
            "::/0",
            "x",
            "",
            "10.0.0.1/33",
            "0.0.0.0/0")
        .list()
        .ofMaxSize(3)
        .map(entries -> String.join(",", entries));
  }

  @Provide
  Arbitrary<Optional<InetAddress>> client() {
    return Arbitraries.of("10.0.0.1", "10.0.0.3", "11.0.0.1", "2001:db8::1", "::1", "unknown")
        .map(AddressLiteral::parse);
  }

  @Property
  void agreesWithThePlainRule(
      @ForAll @Size(max = 2) List<@From("policy") String> own,
      @ForAll @Size(max = 2) List<@From("policy") String> global,
      @ForAll("client") Optional<InetAddress> client) {
    boolean expected;
    if (own.isEmpty() && global.isEmpty()) {
      expected = true;
    } else if (client.isEmpty()) {
      expected = false;
    } else {
      expected = false;
      for (String policy : own.isEmpty() ? global : own) {
        for (String entry : policy.split(",", -1)) {
          Optional<AddressRange> range = AddressRange.parse(entry);
          expected |= range.isPresent() && range.get().contains(client.get());
        }
      }
    }

    assertThat(new NetworkPolicies(own, global).allow(client)).isEqualTo(expected);
  }

  private static Arguments given(
      String name, List<String> own, List<String> global, String client, boolean allowed) {
    return Arguments.of(name, own, global, client, allowed);
  }
}
