package lockstep.cli.account;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import lockstep.cli.api.CommandException;
import lockstep.crypto.ServiceAccountKeyring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is seen of a phrase before the slow derivation; the rest is in the test of processes. */
final class RecoveryPhraseTest {

  private static OwnAccount account() {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return new OwnAccount(
          "an id",
          "nadia@example.com",
          "5f6a7b8c-9d0e-4f1a-b2c3-d4e5f6a7b8c9",
          keyring.identityKey());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abandon", "xylophonist abandon", "canary"})
  void aPhraseThatNobodyGotIsWrongAndIsNotRepeated(String phrase) {
    assertThatThrownBy(() -> account().recover(phrase))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith("the recovery phrase is wrong: ")
        .hasMessageNotContaining(phrase);
  }

  @Test
  void aMistakenWordIsSeenByTheChecksum() {
    String phrase = String.join("  ", Collections.nCopies(24, "ABANDON"));

    assertThatThrownBy(() -> account().recover(phrase))
        .hasMessage("the recovery phrase is wrong: checksum of the recovery phrase does not match");
  }
}
