package lockstep.spring;

import lockstep.client.LockstepException;
import lockstep.client.NotFoundException;
import lockstep.client.UnauthorisedException;
import lockstep.client.UnavailableException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Says in a few lines why an application did not start. */
final class LockstepFailureAnalyzer implements FailureAnalyzer {

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LockstepSettingsException) {
        return analysis(cause, "Correct the property or the location.");
      }
      if (cause instanceof LockstepException) {
        return analysis(cause, action(cause));
      }
    }
    return null;
  }

  private static FailureAnalysis analysis(Throwable cause, String action) {
    return new FailureAnalysis(
        "Secrets could not be read from Lockstep: " + cause.getMessage(), action, cause);
  }

  private static String action(Throwable cause) {
    return switch (cause) {
      case NotFoundException _ ->
          "Check the names in the location, and that the token has access, or write"
              + " 'optional:lockstep:...' if the application can do without.";
      case UnauthorisedException _ -> "Check lockstep.token.";
      case UnavailableException _ ->
          "Check lockstep.address and that the server runs; lockstep.offline-cache helps through"
              + " outages.";
      default -> "Check the server.";
    };
  }
}
