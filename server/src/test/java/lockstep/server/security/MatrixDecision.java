package lockstep.server.security;

/** The classes of answers that decisions about access have. */
enum MatrixDecision {
  ALLOWED,
  UNAUTHENTICATED,
  FORBIDDEN,
  NOT_FOUND;

  static MatrixDecision of(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      default -> ALLOWED;
    };
  }

  static MatrixDecision allowedIf(boolean allowed) {
    return allowed ? ALLOWED : FORBIDDEN;
  }
}
