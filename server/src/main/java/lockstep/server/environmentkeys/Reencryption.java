package lockstep.server.environmentkeys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.FieldSealer;
import lockstep.server.environmentkeys.StoredTexts.OwnValue;
import lockstep.server.environmentkeys.StoredTexts.Row;

/**
 * Encrypts what was encrypted with one pair of keys with another. What was one ciphertext in
 * several rows of a secret is one afterwards: a version is told to be the present state of a secret
 * by that. What does not open stays as it is, and so does a digest that is not that of its name,
 * because nobody ever found a secret by it. Not for use by several threads.
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
      return secrets.stream().map(secret -> new One(opener).texts(secret)).toList();
    }
  }

  @Override
  public void close() {
    sealer.close();
  }

  /** One secret. */
  private final class One {

    private final FieldOpener opener;
    private final Map<String, String> done = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private boolean unreadable;

    private One(FieldOpener opener) {
      this.opener = opener;
    }

    private StoredTexts texts(StoredTexts stored) {
      List<Row> secrets = stored.secrets().stream().map(this::row).toList();
      List<Row> versions = stored.versions().stream().map(this::row).toList();
      List<OwnValue> overrides = new ArrayList<>();
      for (OwnValue own : stored.overrides()) {
        overrides.add(new OwnValue(own.id(), text(own.value())));
      }
      return new StoredTexts(secrets, versions, overrides, unreadable);
    }

    private Row row(Row row) {
      String key = text(row.key());
      return new Row(
          row.id(),
          key,
          digest(row.key(), row.keyDigest()),
          text(row.value()),
          text(row.comment()));
    }

    private String text(String ciphertext) {
      return ciphertext.isEmpty()
          ? ""
          : done.computeIfAbsent(
              ciphertext, old -> opened(old).map(plain -> sealer.seal(plain).text()).orElse(old));
    }

    private String digest(String key, String digest) {
      String name = names.computeIfAbsent(key, old -> opened(old).orElse(""));
      if (name.isEmpty()) {
        return digest;
      }
      if (!before.keyDigest(name).equals(digest)) {
        wrongDigests++;
        return digest;
      }
      rightDigests++;
      return after.keyDigest(name);
    }

    private Optional<String> opened(String ciphertext) {
      try {
        return Optional.of(opener.open(ciphertext));
      } catch (CryptoException e) {
        unreadable = true;
        return Optional.empty();
      }
    }
  }
}
