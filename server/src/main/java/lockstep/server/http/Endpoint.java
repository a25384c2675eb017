package lockstep.server.http;

/**
 * Answers calls of an admitted caller. Called by many threads at once.
 *
 * @param <C> what {@link Admission} makes of credentials
 */
@FunctionalInterface
public interface Endpoint<C> {
  /** Answers the call, or throws {@link ApiException} to refuse it. */
  Reply handle(Call call, C caller);
}
