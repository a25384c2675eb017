package lockstep.server.secrets;

import lockstep.server.http.Json;

/** In which form secrets are answered. */
enum AnswerForm {
  /** Decrypted, with members named like {@code keyDigest}. */
  PLAIN,
  /** As they are stored, with the same names. */
  CAMEL_CASE,
  /** As they are stored, with members named like {@code key_digest}. */
  SNAKE_CASE;

  byte[] write(Object value) {
    return this == SNAKE_CASE ? Json.writeSnakeCase(value) : Json.write(value);
  }
}
