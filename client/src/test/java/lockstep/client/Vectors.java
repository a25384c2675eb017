package lockstep.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import lockstep.client.internal.JsonTree;
import tools.jackson.databind.JsonNode;

/** The vectors of the protocol, made with another implementation. */
final class Vectors {

  private static final JsonNode ALL = read();

  private Vectors() {}

  private static JsonNode read() {
    try (InputStream in =
        Vectors.class.getResourceAsStream("/lockstep/crypto/extra-vectors.json")) {
      return JsonTree.read(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one token of this kind, with what a server answers. */
  static JsonNode token(String kind) {
    for (JsonNode token : ALL.get("tokens")) {
      if (token.get("kind").stringValue().equals(kind)) {
        return token;
      }
    }
    throw new IllegalArgumentException(kind);
  }

  static JsonNode secretsResponse() {
    return ALL.get("secrets_response");
  }
}
