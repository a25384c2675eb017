package lockstep.server.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Knows two tokens. Counts what it is asked, so that tests can tell what came first. */
final class TokenAdmission implements Admission<String> {
  static final String KNOWN = "Bearer User known";
  static final String BARRED = "Bearer User barred";
  static final String THROTTLED = "Bearer User throttled";
  static final String SERVICE = "Bearer Service known";
  static final String BROKEN = "Bearer User broken";

  final AtomicInteger authentications = new AtomicInteger();
  final AtomicInteger admissions = new AtomicInteger();

  @Override
  public String authenticate(Call call, Access access) {
    authentications.incrementAndGet();
    String credentials =
        call.header("Authorization")
            .orElseThrow(
                () -> ApiException.unauthorized("Authentication credentials were not provided."));
    return switch (credentials) {
      case KNOWN, BARRED, THROTTLED -> credentials;
      case SERVICE -> {
        if (access != Access.ACCOUNT_OR_SERVICE_TOKEN) {
          throw ApiException.unauthorized("Invalid token");
        }
        yield credentials;
      }
      case BROKEN -> throw new IllegalStateException("the database is away");
      default -> throw ApiException.unauthorized("Token expired or deleted");
    };
  }

  @Override
  public void admit(String caller, Call call) {
    admissions.incrementAndGet();
    if (caller.equals(BARRED)) {
      throw ApiException.forbidden("Access denied.");
    }
    if (caller.equals(THROTTLED)) {
      throw ApiException.tooManyRequests(7);
    }
  }
}
