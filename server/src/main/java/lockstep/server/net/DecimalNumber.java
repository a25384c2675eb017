package lockstep.server.net;

/** Small numbers in decimal, with one spelling each. */
final class DecimalNumber {

  private DecimalNumber() {}

  /** The number from 0 to the largest allowed, or -1 for any other text. */
  static int parse(String text, int largest) {
    if (text.isEmpty() || text.length() > 3 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number <= largest ? number : -1;
  }
}
