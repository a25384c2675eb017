package lockstep.server.http;

/** Answers calls to a route that needs no authentication. Called by many threads at once. */
@FunctionalInterface
public interface PublicEndpoint {
  /** Answers the call, or throws {@link ApiException} to refuse it. */
  Reply handle(Call call);
}
