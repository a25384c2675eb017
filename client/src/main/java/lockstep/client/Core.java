package lockstep.client;

import java.time.Duration;
import java.util.UUID;
import lockstep.client.SecretReader.Query;
import lockstep.client.Session.Place;
import lockstep.crypto.EnvironmentKeys;

/** What a client, its environments and the views of both share. Safe for use by several threads. */
record Core(
    Address address,
    Timing timing,
    Staleness staleness,
    Transport transport,
    Fetcher fetcher,
    Sessions sessions,
    KeyVault keys,
    SecretReader reader,
    SecretWriter writer)
    implements AutoCloseable {

  /** A call that may be answered from the cache as configured. */
  Call call(Duration limit) {
    return new Call(timing, staleness, limit);
  }

  /** A call that the server answers. */
  Call liveCall(Duration limit) {
    return new Call(timing, Staleness.NEVER, limit);
  }

  /**
   * What was read with keys that have been rotated since does not open, or is not found by a digest
   * that went with them. Then it is read again, with the present ones.
   */
  Secrets read(UUID environment, Query query, ReferenceMode mode, Call call) {
    Session known = reader.sessionWith(environment, call);
    boolean isNew = call.sessionIsNew();
    try {
      Secrets secrets = readOnce(environment, query, mode, call);
      boolean maybeMissed =
          !isNew
              && query.key().isPresent()
              && secrets.size() == 0
              && !secrets.freshness().isStale();
      return maybeMissed && !haveSameKeys(known, environment, call)
          ? readOnce(environment, query, mode, call)
          : secrets;
    } catch (UnexpectedAnswerException e) {
      if (haveSameKeys(known, call)) {
        throw e;
      }
      return readOnce(environment, query, mode, call);
    }
  }

  private boolean haveSameKeys(Session known, UUID environment, Call call) {
    try {
      return reader.renewedSession(call).hasSameKeys(known, environment);
    } catch (UnavailableException _) {
      return true; // The answer that there is none was complete.
    }
  }

  private boolean haveSameKeys(Session known, Call call) {
    try {
      return reader.renewedSession(call).hasSameKeys(known);
    } catch (UnavailableException _) {
      return true;
    }
  }

  private Secrets readOnce(UUID environment, Query query, ReferenceMode mode, Call call) {
    return References.resolve(reader, reader.read(environment, query, call), query, mode, call);
  }

  EnvironmentKeys keysOf(UUID environment, Call call) {
    Session session = reader.sessionWith(environment, call);
    Place place = SecretReader.place(session, environment);
    return keys.open(session, place);
  }

  @Override
  public void close() {
    transport.close();
    fetcher.close();
    keys.close();
  }

  @Override
  public String toString() {
    return "Core[" + address + "]";
  }
}
