package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FormatFuzzTest {

  private static final int TRIES = 200;

  private static final X25519KeyPair RECIPIENT = X25519KeyPair.fromSeed(new byte[32]);
  private static final X25519KeyPair STRANGER = X25519KeyPair.fromSeed(Hex.decode("01".repeat(32)));
  private static final MintedToken MINTED = Token.mint(Token.Kind.USER, RECIPIENT);
  private static final DeviceKey DEVICE = DeviceKey.of(new byte[32]);
  private static final AccountKeys ACCOUNT = AccountKeys.fromSeed(new byte[32]);
  private static final Lockbox LOCKBOX = Lockbox.seal("text");

  /** Every way in for text from outside, with a text that it accepts. */
  private static final List<Decoder> DECODERS =
      List.of(
          new Decoder("ab".repeat(32), Hex::decode),
          new Decoder("ab".repeat(32), X25519PublicKey::parse),
          new Decoder(ACCOUNT.identityKey().hex(), IdentityKey::parse),
          new Decoder("ab".repeat(32), ServerKey::parse),
          new Decoder("ab".repeat(32), BearerToken::parse),
          new Decoder(MINTED.token().text(), Token::parse),
          new Decoder(MINTED.wrappedKeyShare(), MINTED.token()::reconstruct),
          new Decoder(Mnemonic.fromEntropy(new byte[32]).phrase(), Mnemonic::parse),
          new Decoder("ab".repeat(32), text -> EnvironmentKeys.of(text, "ab".repeat(32))),
          new Decoder("ab".repeat(32), text -> EnvironmentKeys.of("ab".repeat(32), text)),
          new Decoder("NAME", text -> KeyDigest.of(text, "ab".repeat(32))),
          new Decoder("ab".repeat(32), text -> KeyDigest.of("NAME", text)),
          new Decoder(ACCOUNT.keyringJson(), Keyring::parse),
          new Decoder(
              DEVICE.wrapKeyring(ACCOUNT),
              text -> DEVICE.unwrapKeyring(text, ACCOUNT.identityKey())),
          new Decoder(
              DEVICE.wrapRecovery(Mnemonic.fromEntropy(new byte[32])), DEVICE::unwrapRecovery),
          new Decoder(LOCKBOX.data(), text -> Lockbox.open(LOCKBOX.seed(), text)),
          new Decoder(LOCKBOX.seed(), text -> Lockbox.open(text, LOCKBOX.data())),
          new Decoder(
              Ciphertext.encrypt("text", RECIPIENT.publicKey()).text(),
              text -> Ciphertext.parse(text).decrypt(RECIPIENT)),
          new Decoder(
              ServiceAccountKeyring.generate().wrapFor(RECIPIENT.publicKey()),
              text -> ServiceAccountKeyring.unwrap(text, RECIPIENT)));

  record Decoder(String accepted, Consumer<String> decode) {}

  @Property(tries = TRIES)
  void ciphertextsOpenToWhatWasSealed(@ForAll("texts") String text) {
    Ciphertext ciphertext = Ciphertext.encrypt(text, RECIPIENT.publicKey());

    assertThat(Ciphertext.isWellFormed(ciphertext.text())).isTrue();
    assertThat(Ciphertext.parse(ciphertext.text()).decrypt(RECIPIENT)).isEqualTo(text);
    assertThatThrownBy(() -> ciphertext.decrypt(STRANGER)).isInstanceOf(DecryptionException.class);
  }

  @Property(tries = TRIES)
  void oneSealerSealsManyFields(@ForAll @Size(max = 10) List<@From("texts") String> texts) {
    try (FieldSealer sealer = FieldSealer.forRecipient(RECIPIENT.publicKey());
        FieldOpener opener = FieldOpener.forRecipient(RECIPIENT)) {
      for (String text : texts) {
        assertThat(opener.open(sealer.seal(text).text())).isEqualTo(text);
      }
    }
  }

  @Property(tries = TRIES)
  void rawBytesOpenToWhatWasSealed(
      @ForAll @Size(max = 3000) byte[] plaintext, @ForAll @Size(32) byte[] key) {
    byte[] sealed = RawSymmetric.seal(plaintext, key);

    assertThat(sealed).hasSize(plaintext.length + 40);
    assertThat(RawSymmetric.open(sealed, key)).isEqualTo(plaintext);
  }

  @Property(tries = TRIES)
  void anyChangedBitIsNoticed(
      @ForAll @Size(max = 3000) byte[] plaintext, @ForAll @IntRange(min = 0) int position) {
    byte[] key = new byte[32];
    byte[] sealed = RawSymmetric.seal(plaintext, key);
    int bit = position % (8 * sealed.length);

    sealed[bit / 8] ^= (byte) (1 << (bit % 8));

    assertThatThrownBy(() -> RawSymmetric.open(sealed, key))
        .isInstanceOf(DecryptionException.class);
  }

  @Property(tries = TRIES)
  void anyChangedCharacterIsNoticed(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 0) int position,
      @ForAll("ciphertextCharacters") char other) {
    String ciphertext = Ciphertext.encrypt(text, RECIPIENT.publicKey()).text();
    String changed = replace(ciphertext, position, other);
    // The case of the hexadecimal digits is the only freedom that the form has.
    Assume.that(
        !changed.substring(0, 70).toLowerCase(Locale.ROOT).equals(ciphertext.substring(0, 70))
            || !changed.substring(70).equals(ciphertext.substring(70))
            || !changed.startsWith("ph:v1:"));

    assertThatThrownBy(() -> Ciphertext.parse(changed).decrypt(RECIPIENT))
        .isInstanceOf(CryptoException.class);
  }

  @Property(tries = TRIES)
  void anyChangedDigitOfAWrappedShareIsNoticed(
      @ForAll @IntRange(min = 0) int position, @ForAll("hexDigits") char other) {
    String changed = replace(MINTED.wrappedKeyShare(), position, other);
    Assume.that(!changed.equals(MINTED.wrappedKeyShare()));

    assertThatThrownBy(() -> MINTED.token().reconstruct(changed))
        .isInstanceOf(DecryptionException.class);
  }

  @Property(tries = TRIES)
  void bothHalvesOfAnIdentityConvertToAPair(@ForAll @Size(32) byte[] seed) {
    try (IdentityKeyPair identity = IdentityKeyPair.fromSeed(seed);
        X25519KeyPair pair = identity.toX25519()) {
      assertThat(identity.publicKey().toX25519()).isEqualTo(pair.publicKey());
      assertThat(IdentityKey.parse(identity.publicKey().hex())).isEqualTo(identity.publicKey());
    }
  }

  @Property(tries = TRIES)
  void phrasesReadBack(@ForAll @Size(32) byte[] entropy) {
    Mnemonic mnemonic = Mnemonic.fromEntropy(entropy);

    assertThat(Mnemonic.parse(mnemonic.phrase())).isEqualTo(mnemonic);
  }

  @Property(tries = TRIES)
  void digestsTellNamesApart(@ForAll("texts") String one, @ForAll("texts") String other) {
    Assume.that(!one.equals(other));
    String salt = "ab".repeat(32);

    assertThat(KeyDigest.of(one, salt)).matches("[0-9a-f]{64}");
    assertThat(KeyDigest.of(one, salt)).isNotEqualTo(KeyDigest.of(other, salt));
  }

  /** Anything but a {@link CryptoException} fails the property. */
  @Property(tries = 2000, shrinking = ShrinkingMode.BOUNDED)
  void decodersRefuseOrAcceptArbitraryText(@ForAll("attempts") Attempt attempt) {
    try {
      attempt.decoder().decode().accept(attempt.text());
    } catch (CryptoException e) {
      assertThat(e).hasNoCause();
    }
  }

  record Attempt(Decoder decoder, String text) {}

  @Provide
  Arbitrary<Attempt> attempts() {
    return Arbitraries.of(DECODERS)
        .flatMap(
            decoder -> {
              String accepted = decoder.accepted();
              Arbitrary<Integer> positions =
                  Arbitraries.integers().between(0, accepted.length() - 1);
              return Arbitraries.oneOf(
                      Arbitraries.strings(),
                      Arbitraries.strings().withChars("abcdefxyz0189:=+/ \n$,").ofMaxLength(300),
                      Arbitraries.just(accepted),
                      positions.map(end -> accepted.substring(0, end)),
                      positions.map(accepted::substring),
                      Combinators.combine(positions, Arbitraries.chars().all())
                          .as((position, other) -> replace(accepted, position, other)),
                      Combinators.combine(positions, Arbitraries.strings())
                          .as(
                              (at, more) ->
                                  accepted.substring(0, at) + more + accepted.substring(at)))
                  .map(text -> new Attempt(decoder, text));
            });
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  @Provide
  Arbitrary<Character> ciphertextCharacters() {
    return Arbitraries.oneOf(
        Arbitraries.chars().alpha().numeric().with("+/=:"), Arbitraries.chars().all());
  }

  @Provide
  Arbitrary<Character> hexDigits() {
    return Arbitraries.chars().with("0123456789abcdef");
  }

  private static String replace(String text, int position, char other) {
    int at = position % text.length();
    return text.substring(0, at) + other + text.substring(at + 1);
  }
}
