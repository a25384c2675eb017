package lockstep.server.environmentkeys;

import java.util.ArrayList;
import java.util.List;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.FieldSealer;
import lockstep.crypto.Reencryptor;
import lockstep.server.environmentkeys.StoredTexts.OwnValue;
import lockstep.server.environmentkeys.StoredTexts.Row;

/**
 * Encrypts secrets that were encrypted with one pair of keys with another, as {@link Reencryptor}
 * does, each for itself. Not for use by several threads.
 */
final class Reencryption implements AutoCloseable {

  private final EnvironmentKeys before;
  private final EnvironmentKeys after;
  private final FieldSealer sealer;
  private int rightDigests;
  private int wrongDigests;

  /** Borrows the keys. */
  Reencryption(EnvironmentKeys before, EnvironmentKeys after) {
    this.before = before;
    this.after = after;
    this.sealer = after.sealer();
  }

  /**
   * Whether names that opened have digests, and not one of them was made with the salt of these
   * keys: then it is not the salt of the environment.
   */
  boolean provesWrongSalt() {
    return wrongDigests > 0 && rightDigests == 0;
  }

  /** The same of each of these secrets, in the same order. */
  List<StoredTexts> of(List<StoredTexts> secrets) {
    // Holds a key for each ephemeral key that it meets, so it serves a few secrets only.
    try (FieldOpener opener = before.opener()) {
      return secrets.stream().map(secret -> texts(secret, opener)).toList();
    }
  }

  private StoredTexts texts(StoredTexts stored, FieldOpener opener) {
    Reencryptor one = new Reencryptor(before, after, opener, sealer);
    List<Row> secrets = stored.secrets().stream().map(row -> row(row, one)).toList();
    List<Row> versions = stored.versions().stream().map(row -> row(row, one)).toList();
    List<OwnValue> overrides = new ArrayList<>();
    for (OwnValue own : stored.overrides()) {
      overrides.add(new OwnValue(own.id(), one.text(own.value())));
    }
    rightDigests += one.rightDigests();
    wrongDigests += one.wrongDigests();
    return new StoredTexts(secrets, versions, overrides, one.metUnreadable());
  }

  private static Row row(Row row, Reencryptor one) {
    return new Row(
        row.id(),
        one.text(row.key()),
        one.digest(row.key(), row.keyDigest()),
        one.text(row.value()),
        one.text(row.comment()));
  }

  @Override
  public void close() {
    sealer.close();
  }
}
