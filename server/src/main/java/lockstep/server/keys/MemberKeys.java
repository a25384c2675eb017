package lockstep.server.keys;

import java.util.Locale;
import java.util.regex.Pattern;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;

/**
 * What a member's client makes of password and recovery phrase, as far as a server may know it: the
 * public identity key, two ciphertexts that only the password opens, and the hash that stands for
 * the password. Their forms are all that can be checked.
 */
public final class MemberKeys {

  private static final Pattern AUTH_HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2})+");

  // Around the plaintext of a ciphertext there are 40 bytes; two digits are one byte.
  private static final int OVERHEAD = 40;
  private static final int SHORTEST_KEYRING = 2 * (OVERHEAD + 224);
  private static final int LONGEST_KEYRING = 2 * (OVERHEAD + 1_024);
  private static final int SHORTEST_RECOVERY = 2 * (OVERHEAD + 24 * 3 + 23);
  private static final int LONGEST_RECOVERY = 2 * (OVERHEAD + 24 * 8 + 23);

  private MemberKeys() {}

  /** The identity key in {@code identityKey}. */
  public static IdentityKey identityKey(Fields body) {
    String text = body.requiredText("identityKey");
    try {
      return IdentityKey.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest(
          "'identityKey' must be an Ed25519 public key of 64 hexadecimal digits.");
    }
  }

  /** The two ciphertexts in {@code wrappedKeyring} and {@code wrappedRecovery}. */
  public static Wrapped wrapped(Fields body) {
    return new Wrapped(
        ciphertext(body, "wrappedKeyring", SHORTEST_KEYRING, LONGEST_KEYRING),
        ciphertext(body, "wrappedRecovery", SHORTEST_RECOVERY, LONGEST_RECOVERY));
  }

  private static String ciphertext(Fields body, String name, int shortest, int longest) {
    String text = body.requiredText(name);
    if (text.length() < shortest || text.length() > longest || !HEX.matcher(text).matches()) {
      throw ApiException.badRequest(
          "'"
              + name
              + "' must be a ciphertext of "
              + shortest
              + " to "
              + longest
              + " hexadecimal digits.");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /** What stands for a password, as sent: its letters are part of it. */
  public static String authHash(Fields body, String name) {
    String text = body.requiredText(name);
    if (!AUTH_HASH.matcher(text).matches()) {
      throw ApiException.badRequest("'" + name + "' must be 64 lower-case hexadecimal digits.");
    }
    return text;
  }

  /** The keyring and the recovery phrase, each wrapped under a key derived from the password. */
  public record Wrapped(String keyring, String recovery) {

    @Override
    public String toString() {
      return "Wrapped[not shown]";
    }
  }
}
