package lockstep.references;

/** For whom references are resolved, which decides how missing access is told. */
public enum ReaderKind {
  USER("You don't"),
  SERVICE_ACCOUNT("This service account doesn't");

  private final String subject;

  ReaderKind(String subject) {
    this.subject = subject;
  }

  String noAccess() {
    return subject + " have permission to read secrets in one or more referenced environments.";
  }
}
