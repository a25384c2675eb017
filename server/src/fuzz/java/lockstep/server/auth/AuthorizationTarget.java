package lockstep.server.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lockstep.server.access.AccountKind;
import lockstep.server.http.ApiException;

/**
 * The input as an {@code Authorization} header: a kind and a token come of it, or one of two
 * refusals, which tell nothing of it. What came of it comes of the usual way of writing it, too,
 * and shows nowhere. Routes that serve no service tokens know the same headers apart from those.
 */
public final class AuthorizationTarget {

  private static final Set<String> REFUSALS =
      Set.of("Authentication credentials were not provided.", "Invalid token");
  private static final Map<AccountKind, String> TYPES =
      Map.of(
          AccountKind.MEMBER,
          "User",
          AccountKind.SERVICE_ACCOUNT,
          "ServiceAccount",
          AccountKind.SERVICE_TOKEN,
          "Service");

  private AuthorizationTarget() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    String header = new String(data, ISO_8859_1);
    Optional<Credentials> all = parse(header, true);
    Optional<Credentials> fewer = parse(header, false);
    boolean isServiceToken =
        all.filter(read -> read.kind() == AccountKind.SERVICE_TOKEN).isPresent();
    require(
        isServiceToken ? fewer.isEmpty() : isSame(all, fewer), "another without service tokens");
    all.ifPresent(
        read -> {
          String token = read.bearerToken();
          require(!token.isEmpty() && token.indexOf(' ') < 0, "no token");
          require(header.contains(token), "a token that was not sent");
          String type = TYPES.getOrDefault(read.kind(), "");
          require(isSame(all, parse("Bearer " + type + " " + token, true)), "another one again");
          require(
              read.toString().equals("Credentials[" + read.kind() + ", token not shown]"),
              "it shows");
        });
  }

  private static Optional<Credentials> parse(String header, boolean acceptServiceTokens) {
    try {
      return Optional.of(Credentials.parse(Optional.of(header), acceptServiceTokens));
    } catch (ApiException refused) {
      require(refused.status() == 401, "status " + refused.status());
      require(REFUSALS.contains(String.valueOf(refused.getMessage())), "another refusal");
      return Optional.empty();
    }
  }

  private static boolean isSame(Optional<Credentials> one, Optional<Credentials> other) {
    return one.map(AuthorizationTarget::parts).equals(other.map(AuthorizationTarget::parts));
  }

  private static Map.Entry<AccountKind, String> parts(Credentials read) {
    return Map.entry(read.kind(), read.bearerToken());
  }

  private static void require(boolean isSo, String what) {
    if (!isSo) {
      throw new AssertionError(what);
    }
  }
}
