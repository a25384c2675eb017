package lockstep.server.http;

/**
 * What the edge asks before an authenticated route is reached. Called by many threads at once.
 *
 * @param <C> what credentials become
 */
public interface Admission<C> {
  /**
   * Turns the credentials of a call into a caller. The body has not been read yet, so this must not
   * ask for it.
   *
   * @throws ApiException 401 when the credentials are missing, malformed, unknown or expired
   */
  C authenticate(Call call, Access access);

  /** Whose calls count together where accounts share something; the caller itself by default. */
  default Object account(C caller) {
    return caller;
  }

  /**
   * Lets a known caller in, or not: network policies, then rate limits.
   *
   * @throws ApiException 403 or 429
   */
  void admit(C caller, Call call);

  /**
   * Learns that a known caller was refused, by {@link #admit} or by the endpoint, before the answer
   * is sent. What this throws is answered instead.
   *
   * @param route the template of the route
   */
  default void refused(C caller, Call call, String route, ApiException refusal) {}
}
