package lockstep.references;

import java.util.List;

/**
 * A value in its pieces.
 *
 * @param bytes the length of the whole value in UTF-8
 */
record ParsedValue(List<Segment> segments, int bytes) {

  static ParsedValue of(String value) {
    return new ParsedValue(ReferenceParser.parse(value), utf8Bytes(value));
  }

  /** Counted without encoding. Stored values have no lone surrogates. */
  static int utf8Bytes(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // Two surrogates make four bytes, any other character above U+07FF makes three.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
