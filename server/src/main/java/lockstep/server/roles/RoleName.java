package lockstep.server.roles;

import java.text.Normalizer;
import lockstep.server.store.FoldedName;

/** The names of roles as they are compared. */
final class RoleName {

  private RoleName() {}

  /**
   * The form under which a name is unique in its organisation. Besides the case it ignores what
   * people cannot see: invisible characters, and other encodings of the same characters. Nobody
   * gains anything by a role that merely looks like {@code Owner}, except the trust of whoever
   * assigns it.
   */
  static String folded(String name) {
    StringBuilder visible = new StringBuilder(name.length());
    Normalizer.normalize(name, Normalizer.Form.NFKC)
        .codePoints()
        .filter(character -> !isInvisible(character))
        .forEach(visible::appendCodePoint);
    return FoldedName.of(visible.toString()).strip();
  }

  private static boolean isInvisible(int character) {
    return Character.getType(character) == Character.FORMAT
        || isVariationSelector(character)
        || character == 0x034F // combining grapheme joiner
        || character == 0x115F // Hangul fillers
        || character == 0x1160
        || character == 0x3164;
  }

  private static boolean isVariationSelector(int character) {
    return (character >= 0xFE00 && character <= 0xFE0F)
        || (character >= 0xE0100 && character <= 0xE01EF);
  }
}
