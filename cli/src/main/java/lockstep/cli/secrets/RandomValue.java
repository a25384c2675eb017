package lockstep.cli.secrets;

import java.security.SecureRandom;

/** Values that nobody has to think of. */
final class RandomValue {

  /** Needs no quotes anywhere; about 5.95 bits a character. */
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private RandomValue() {}

  /** Letters and digits, each as likely as any other. */
  static String ofLength(int length) {
    SecureRandom random = new SecureRandom();
    StringBuilder value = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      value.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return value.toString();
  }
}
