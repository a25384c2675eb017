package lockstep.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;

/**
 * A recovery phrase: 24 words of the English BIP-39 list, which write down 256 random bits and a
 * checksum of 8.
 */
public final class Mnemonic {

  private static final int WORDS = 24;
  private static final int BITS_PER_WORD = 11;
  private static final int WORD_MASK = (1 << BITS_PER_WORD) - 1;
  private static final int ENTROPY_BYTES = 32;
  private static final int CHECKSUM_BITS = 8;

  private final String phrase;

  private Mnemonic(String phrase) {
    this.phrase = phrase;
  }

  public static Mnemonic generate() {
    return fromEntropy(Entropy.SYSTEM.bytes(ENTROPY_BYTES));
  }

  static Mnemonic fromEntropy(byte[] entropy) {
    Bytes.requireLength(ENTROPY_BYTES, entropy, "entropy");
    var bits = new BigInteger(1, Bytes.concat(entropy, new byte[] {checksum(entropy)}));
    var phrase = new StringJoiner(" ");
    for (int word = WORDS - 1; word >= 0; word--) {
      int index = bits.shiftRight(word * BITS_PER_WORD).intValue() & WORD_MASK;
      phrase.add(WordList.WORDS.get(index));
    }
    return new Mnemonic(phrase.toString());
  }

  /**
   * Reads a phrase whose words are lower case and separated by single spaces.
   *
   * @throws FormatException if it is anything else, has an unknown word, or one was mistaken for
   *     another so that the checksum does not match
   */
  public static Mnemonic parse(String phrase) {
    String[] words = phrase.split(" ", -1);
    if (words.length != WORDS) {
      throw new FormatException("recovery phrase must be 24 words with single spaces between");
    }
    BigInteger bits = BigInteger.ZERO;
    for (int word = 0; word < WORDS; word++) {
      int index = Collections.binarySearch(WordList.WORDS, words[word]);
      if (index < 0) {
        throw new FormatException("word " + (word + 1) + " is not a word of recovery phrases");
      }
      bits = bits.shiftLeft(BITS_PER_WORD).or(BigInteger.valueOf(index));
    }
    byte[] entropy = fixedLength(bits.shiftRight(CHECKSUM_BITS));
    if (checksum(entropy) != bits.byteValue()) {
      throw new FormatException("checksum of the recovery phrase does not match");
    }
    return new Mnemonic(phrase);
  }

  private static byte[] fixedLength(BigInteger entropy) {
    // Big integers have a sign bit of their own and no leading zeros.
    byte[] padded = Bytes.concat(new byte[ENTROPY_BYTES], entropy.toByteArray());
    return Arrays.copyOfRange(padded, padded.length - ENTROPY_BYTES, padded.length);
  }

  private static byte checksum(byte[] entropy) {
    return Sha256.of(entropy)[0];
  }

  /** Returns the words, separated by single spaces. */
  public String phrase() {
    return phrase;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mnemonic mnemonic && phrase.equals(mnemonic.phrase);
  }

  @Override
  public int hashCode() {
    return phrase.hashCode();
  }

  @Override
  public String toString() {
    return "Mnemonic[hidden]";
  }

  /** The list is sorted, so that a word's number is found by binary search. */
  static final class WordList {

    static final List<String> WORDS = read();

    private WordList() {}

    private static List<String> read() {
      try (InputStream list = Mnemonic.class.getResourceAsStream("bip39-english.txt")) {
        if (list == null) {
          throw new IllegalStateException("word list is missing from the class path");
        }
        return new String(list.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
