package lockstep.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One object of the vector files. A field that is missing fails the test that asks for it. */
final class Vector {

  private static final Set<String> PROVENANCE =
      Set.of("description", "generator", "pynacl_version", "libsodium_version");

  private static final Map<String, List<Vector>> ENTRIES = read();

  private final JsonNode node;

  private Vector(JsonNode node) {
    this.node = node;
  }

  /** The names of all top-level entries of both files. */
  static Set<String> entryNames() {
    return ENTRIES.keySet();
  }

  /** The elements of an entry that is a list, or the one object that it is. */
  static List<Vector> entry(String name) {
    List<Vector> entry = ENTRIES.get(name);
    if (entry == null || entry.isEmpty()) {
      throw new IllegalArgumentException("no vectors named " + name);
    }
    return entry;
  }

  private static Map<String, List<Vector>> read() {
    var entries = new LinkedHashMap<String, List<Vector>>();
    for (String file : List.of("test-vectors.json", "extra-vectors.json")) {
      try (InputStream json = Vector.class.getResourceAsStream(file)) {
        for (var entry : JsonMapper.shared().readTree(json).properties()) {
          if (!PROVENANCE.contains(entry.getKey())) {
            JsonNode node = entry.getValue();
            entries.put(entry.getKey(), node.isArray() ? list(node) : List.of(new Vector(node)));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return entries;
  }

  private static List<Vector> list(JsonNode array) {
    var vectors = new ArrayList<Vector>();
    array.forEach(element -> vectors.add(new Vector(element)));
    return vectors;
  }

  String text(String name) {
    return node.required(name).stringValue();
  }

  byte[] hex(String name) {
    return Hex.decode(text(name));
  }

  int number(String name) {
    return node.required(name).intValue();
  }

  Vector object(String name) {
    return new Vector(node.required(name));
  }

  List<Vector> list(String name) {
    return list(node.required(name));
  }

  boolean isNull(String name) {
    return node.required(name).isNull();
  }

  boolean isTrue(String name) {
    return node.required(name).booleanValue();
  }

  boolean has(String name) {
    return node.has(name);
  }

  /** This vector itself, where the list holds texts and not objects. */
  String text() {
    return node.stringValue();
  }

  String json() {
    return node.toString();
  }

  X25519KeyPair keyPair(String privateKey, String publicKey) {
    return X25519KeyPair.of(hex(privateKey), X25519PublicKey.unchecked(hex(publicKey)));
  }

  @Override
  public String toString() {
    return node.has("reason") ? text("reason") : "vector";
  }
}
