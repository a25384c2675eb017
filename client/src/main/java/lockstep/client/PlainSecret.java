package lockstep.client;

import java.util.Optional;
import lockstep.client.SecretRow.OverrideRow;
import lockstep.crypto.CryptoException;
import lockstep.crypto.FieldOpener;

/**
 * A decrypted secret, references as written.
 *
 * @param shared the value that everybody has
 */
record PlainSecret(
    SecretRow row, String key, String shared, String comment, Optional<PersonalOverride> override) {

  /**
   * Decrypts a row. What cannot be decrypted is an error and never left out: a program that misses
   * one of its settings is harder to understand than one that does not start.
   *
   * @throws UnexpectedAnswerException if one of its fields does not open
   */
  static PlainSecret open(SecretRow row, FieldOpener opener) {
    try {
      Optional<PersonalOverride> override = Optional.empty();
      if (row.override().isPresent()) {
        OverrideRow sent = row.override().get();
        override = Optional.of(new PersonalOverride(opener.open(sent.value()), sent.isActive()));
      }
      return new PlainSecret(
          row,
          opener.open(row.key()),
          opener.open(row.value()),
          row.comment().isEmpty() ? "" : opener.open(row.comment()),
          override);
    } catch (CryptoException e) {
      throw new UnexpectedAnswerException(
          "the secret with the id " + row.id() + " cannot be decrypted: " + e.getMessage());
    }
  }

  /** The value for the owner of the token: the override's while it is active. */
  String used() {
    return override.filter(PersonalOverride::isActive).map(PersonalOverride::value).orElse(shared);
  }

  @Override
  public String toString() {
    return "PlainSecret[" + row.id() + "]";
  }
}
