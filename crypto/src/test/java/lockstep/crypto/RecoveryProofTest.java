package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryProofTest {

  private static final byte[] SEED = new byte[32];
  private static final Instant NOW = Instant.ofEpochMilli(1_770_000_000_123L);
  private static final RecoveryProof PROOF = new RecoveryProof("a", "b", "c", "d", NOW);

  @Test
  void whoHoldsThePrivateKeySignsLikeEveryOtherImplementation() throws Exception {
    try (AccountKeys keys = AccountKeys.fromSeed(SEED)) {
      String signature = PROOF.sign(keys);

      assertThat(signature).isEqualTo(signedByTheJdk(keys));
      assertThat(PROOF.isSignedBy(keys.identityKey(), signature)).isTrue();
    }
  }

  /** The JDK has an Ed25519 of its own. */
  private static String signedByTheJdk(AccountKeys keys) throws Exception {
    String seed = keys.identity().privateKeyHex().substring(0, 64);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(
                new PKCS8EncodedKeySpec(
                    HexFormat.of().parseHex("302e020100300506032b657004220420" + seed))));
    signature.update(
        "lockstep-account-recovery-v1\na\n1770000000123\nb\nc\nd".getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(signature.sign());
  }

  @Test
  void aSignatureIsGoodForNothingElse() {
    try (AccountKeys keys = AccountKeys.fromSeed(SEED);
        ServiceAccountKeyring other = ServiceAccountKeyring.generate()) {
      String signature = PROOF.sign(keys);
      for (RecoveryProof changed :
          List.of(
              new RecoveryProof("x", "b", "c", "d", NOW),
              new RecoveryProof("a", "x", "c", "d", NOW),
              new RecoveryProof("a", "b", "x", "d", NOW),
              new RecoveryProof("a", "b", "c", "x", NOW),
              new RecoveryProof("a", "b", "c", "d", NOW.plusMillis(1)))) {
        assertThat(changed.isSignedBy(keys.identityKey(), signature)).isFalse();
      }
      assertThat(PROOF.isSignedBy(other.identityKey(), signature)).isFalse();
      assertThat(PROOF.isSignedBy(keys.identityKey(), "0".repeat(128))).isFalse();
    }
  }

  @Test
  void anotherFormIsRefused() {
    try (AccountKeys keys = AccountKeys.fromSeed(SEED)) {
      for (String wrong : List.of("", "0", "x".repeat(128), "0".repeat(126), "0".repeat(130))) {
        assertThatThrownBy(() -> PROOF.isSignedBy(keys.identityKey(), wrong))
            .isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void itsTextHidesWhatItIsAbout() {
    assertThat(PROOF).hasToString("RecoveryProof[a]");
  }
}
