package lockstep.client;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import lockstep.client.internal.JsonValue;
import tools.jackson.core.JacksonException;

/** What answers other than success mean. */
final class Refusals {

  private static final int MAX_CODE_POINTS = 300;

  private Refusals() {}

  static LockstepException of(int status, byte[] body, Optional<Duration> retryAfter) {
    String message = text(status, body);
    return switch (status) {
      case 401 -> new UnauthorisedException(message);
      case 403 -> new ForbiddenException(message);
      case 404 -> new NotFoundException(message);
      case 409 -> new ConflictException(message);
      case 429 -> new RateLimitedException(message, retryAfter);
      default -> {
        if (status >= 500) {
          yield new UnavailableException(message, null);
        }
        yield status >= 400
            ? new RejectedException(message)
            : new UnexpectedAnswerException(
                "the server answered with status "
                    + status
                    + (status >= 300 && status < 400
                        ? ", a redirect, which is not followed: use the address that it leads to"
                        : ""));
      }
    };
  }

  /** Whether the same request may fare better later. */
  static boolean mayPass(int status) {
    return status == 429 || status == 500 || (status >= 502 && status <= 504);
  }

  private static String text(int status, byte[] body) {
    return error(body)
        .map(error -> printable(error) + " (status " + status + ")")
        .orElse("the server answered with status " + status);
  }

  private static Optional<String> error(byte[] body) {
    try {
      JsonValue error = Json.parse(body).get("error");
      return error == null ? Optional.empty() : error.text().filter(t -> !t.isBlank());
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /** What somebody else wrote must not be able to forge lines of a log. */
  static String printable(String text) {
    return text.codePoints()
        .limit(MAX_CODE_POINTS)
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
