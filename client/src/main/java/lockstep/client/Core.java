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

  Secrets read(UUID environment, Query query, ReferenceMode mode, Call call) {
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
