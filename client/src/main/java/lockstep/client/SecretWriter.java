package lockstep.client;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import lockstep.client.Session.Place;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FormatException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encrypts and writes. Each field has an ephemeral key of its own. A request is carried out as a
 * whole or not at all.
 */
final class SecretWriter {

  private static final String ENVIRONMENT = "Environment";

  private final SecretReader reader;
  private final Transport transport;
  private final KeyVault keys;

  SecretWriter(SecretReader reader, Transport transport, KeyVault keys) {
    this.reader = reader;
    this.transport = transport;
    this.keys = keys;
  }

  void create(UUID environment, Collection<NewSecret> secrets, Call call) {
    if (secrets.isEmpty()) {
      return;
    }
    send("POST", environment, call, opened -> created(secrets, opened));
  }

  private static ObjectNode created(Collection<NewSecret> secrets, EnvironmentKeys opened) {
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("secrets");
    for (NewSecret secret : secrets) {
      ObjectNode item = items.addObject();
      putKey(item, secret.key(), opened);
      item.put("value", encrypted(secret.value(), opened));
      item.put("comment", encryptedComment(secret.comment(), opened));
      item.put("path", secret.path());
      putTags(item, secret.tags());
      item.put("type", secret.type().wireName());
      secret.override().ifPresent(override -> putOverride(item, override, opened));
    }
    return body;
  }

  void update(UUID environment, Collection<SecretChange> changes, Call call) {
    if (changes.isEmpty()) {
      return;
    }
    send("PUT", environment, call, opened -> changed(changes, opened));
  }

  private static ObjectNode changed(Collection<SecretChange> changes, EnvironmentKeys opened) {
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("secrets");
    for (SecretChange change : changes) {
      ObjectNode item = items.addObject();
      item.put("id", change.secret().id());
      change.key().ifPresent(key -> putKey(item, key, opened));
      change.value().ifPresent(value -> item.put("value", encrypted(value, opened)));
      change.comment().ifPresent(text -> item.put("comment", encryptedComment(text, opened)));
      change.path().ifPresent(path -> item.put("path", path));
      putTags(item, change.tags());
      change.type().ifPresent(type -> item.put("type", type.wireName()));
      change.override().ifPresent(override -> putOverride(item, override, opened));
    }
    return body;
  }

  void delete(UUID environment, Collection<String> ids, Call call) {
    if (ids.isEmpty()) {
      return;
    }
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("secrets");
    ids.forEach(items::add);
    send("DELETE", Map.of(ENVIRONMENT, environment.toString()), body, call);
  }

  /** What is refused may have been encrypted with keys that have been rotated since. */
  private void send(
      String method, UUID environment, Call call, Function<EnvironmentKeys, ObjectNode> encrypted) {
    Session session = reader.sessionWith(environment, call);
    try {
      send(method, environment, keys(session, environment), encrypted, call);
    } catch (ConflictException e) {
      Session renewed = reader.renewedSession(call);
      if (renewed.hasSameKeys(session, environment)) {
        throw e;
      }
      send(method, environment, keys(renewed, environment), encrypted, call);
    }
  }

  /** Says which keys these are: where the server cannot open anything, it goes by that. */
  private void send(
      String method,
      UUID environment,
      EnvironmentKeys opened,
      Function<EnvironmentKeys, ObjectNode> encrypted,
      Call call) {
    send(
        method,
        Map.of(ENVIRONMENT, environment.toString(), "IdentityKey", opened.identityKey()),
        encrypted.apply(opened),
        call);
  }

  private EnvironmentKeys keys(Session session, UUID environment) {
    Place place = SecretReader.place(session, environment);
    return keys.open(session, place);
  }

  private void send(String method, Map<String, String> headers, ObjectNode body, Call call) {
    transport.send(new Request(method, SecretReader.SECRETS, headers, Json.write(body)), call);
  }

  private static void putKey(ObjectNode item, String key, EnvironmentKeys keys) {
    item.put("key", encrypted(key, keys));
    item.put("keyDigest", keys.keyDigest(key));
  }

  private static void putTags(ObjectNode item, Collection<String> tags) {
    ArrayNode array = item.putArray("tags");
    tags.forEach(array::add);
  }

  private static void putOverride(
      ObjectNode item, PersonalOverride override, EnvironmentKeys keys) {
    item.putObject("override")
        .put("value", encrypted(override.value(), keys))
        .put("isActive", override.isActive());
  }

  private static String encryptedComment(String comment, EnvironmentKeys keys) {
    return comment.isEmpty() ? "" : encrypted(comment, keys);
  }

  private static String encrypted(String text, EnvironmentKeys keys) {
    try {
      return Ciphertext.encrypt(text, keys.publicKey()).text();
    } catch (FormatException _) {
      throw new IllegalArgumentException("a text with half a surrogate pair cannot be stored");
    }
  }
}
