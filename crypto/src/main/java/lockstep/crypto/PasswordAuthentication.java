package lockstep.crypto;

/** What a member sends to log in, in the place of a password that the server must not learn. */
public final class PasswordAuthentication {

  private PasswordAuthentication() {}

  /**
   * Hashes a password. Needs 256 MiB of heap and about a second.
   *
   * @param email exactly as the server knows it (lower case, trimmed); it is part of the salt
   * @return 64 lower-case hexadecimal digits
   */
  public static String authHash(String password, String email) {
    byte[] hash = Argon2id.PASSWORD.key(password, "auth-v1:" + email);
    try {
      return Hex.encode(hash);
    } finally {
      Bytes.erase(hash);
    }
  }
}
