package lockstep.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.client.Session.Place;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.references.SecretPath;

/** Reads secrets of environments and decrypts them. */
final class SecretReader {

  static final String SECRETS = "/service/secrets/";

  private final Sessions sessions;
  private final Fetcher fetcher;
  private final KeyVault keys;

  SecretReader(Sessions sessions, Fetcher fetcher, KeyVault keys) {
    this.sessions = sessions;
    this.fetcher = fetcher;
    this.keys = keys;
  }

  /**
   * Which secrets of an environment.
   *
   * @param path only those directly in this folder
   * @param key only those with this name
   */
  record Query(Optional<SecretPath> path, Optional<String> key) {

    static final Query ALL = new Query(Optional.empty(), Optional.empty());

    /** Whether all secrets of a folder are among those asked for. */
    boolean covers(SecretPath folder) {
      return key.isEmpty() && path.filter(p -> !p.equals(folder)).isEmpty();
    }

    boolean matches(PlainSecret secret) {
      return path.filter(p -> !p.equals(secret.row().path())).isEmpty()
          && key.filter(k -> !k.equals(secret.key())).isEmpty();
    }
  }

  /** What was read, and by what keys and names references in it are resolved. */
  record Reading(Session session, Place place, List<PlainSecret> secrets, Freshness freshness) {

    @Override
    public String toString() {
      return "Reading[" + place.name() + ", " + secrets.size() + " secrets]";
    }
  }

  Reading read(UUID environment, Query query, Call call) {
    Session session = sessionWith(environment, call);
    Place place = place(session, environment);
    Received<List<PlainSecret>> secrets = read(session, place, query, call);
    return new Reading(
        session, place, secrets.value(), secrets.freshness().and(session.freshness()));
  }

  Received<List<PlainSecret>> read(Session session, Place place, Query query, Call call) {
    EnvironmentKeys opened = keys.open(session, place);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Environment", place.environment().info().id());
    // Others cannot be sent in a header as they are; then everything is read and looked through.
    query
        .path()
        .map(SecretPath::text)
        .filter(SecretReader::fitsIntoHeader)
        .ifPresent(path -> headers.put("Path", path));
    query.key().ifPresent(key -> headers.put("KeyDigest", opened.keyDigest(key)));
    Received<List<SecretRow>> rows =
        fetcher.fetch(
            Request.get(SECRETS, headers),
            headers.entrySet().stream()
                .map(header -> header.getKey() + "=" + header.getValue())
                .collect(Collectors.joining("\n")),
            SecretRow::parse,
            call);
    return new Received<>(decrypted(rows.value(), opened, query), rows.freshness());
  }

  private static List<PlainSecret> decrypted(
      List<SecretRow> rows, EnvironmentKeys keys, Query query) {
    List<PlainSecret> secrets = new ArrayList<>(rows.size());
    try (FieldOpener opener = keys.opener()) {
      for (SecretRow row : rows) {
        PlainSecret secret = PlainSecret.open(row, opener);
        if (query.matches(secret)) {
          secrets.add(secret);
        }
      }
    }
    return secrets;
  }

  /** An environment that the known session lacks may have been granted just now. */
  Session sessionWith(UUID environment, Call call) {
    Session recent = sessions.recent(call);
    return recent.place(environment).isPresent() || call.sessionIsNew()
        ? recent
        : sessions.renewed(call);
  }

  /** Asks the server. */
  Session renewedSession(Call call) {
    return sessions.renewed(call);
  }

  static Place place(Session session, UUID environment) {
    return session
        .place(environment)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "the token no longer opens the environment with the id " + environment));
  }

  private static boolean fitsIntoHeader(String path) {
    return path.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
