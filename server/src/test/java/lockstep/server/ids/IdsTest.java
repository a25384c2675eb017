package lockstep.server.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IdsTest {

  private static final String TEXT = "7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3f";
  private static final UUID VALUE = UUID.fromString(TEXT);

  static Stream<Arguments> kinds() {
    return Stream.of(
        kind(OrganisationId::parse, OrganisationId::new),
        kind(AccountId::parse, AccountId::new),
        kind(AppId::parse, AppId::new),
        kind(EnvironmentId::parse, EnvironmentId::new),
        kind(SecretId::parse, SecretId::new),
        kind(RoleId::parse, RoleId::new),
        kind(TeamId::parse, TeamId::new),
        kind(TokenId::parse, TokenId::new));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void areReadInAnyLetterCaseAndWrittenInLowerCase(
      Function<String, Optional<?>> parse, Function<UUID, ?> of) {
    Object id = of.apply(VALUE);

    assertThat(parse.apply(TEXT).map(found -> found.equals(id))).contains(true);
    assertThat(parse.apply(TEXT.toUpperCase(Locale.ROOT)).map(found -> found.equals(id)))
        .contains(true);
    assertThat(id).hasToString(TEXT);
    assertThat(parse.apply("1-1-1-1-1").isPresent()).isFalse();
  }

  private static <T> Arguments kind(Function<String, Optional<T>> parse, Function<UUID, T> of) {
    return Arguments.of(parse, of);
  }
}
