package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.HistoryAccess;
import lockstep.server.http.ApiException;
import lockstep.server.keys.EnvironmentKeyring;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Names, values and comments of earlier versions as callers get them: in plain text where the
 * server can open the environment, otherwise as they are stored. References stay as they were
 * written, because what they led to is not on record.
 */
final class HistoryTexts implements AutoCloseable {

  private final Optional<EnvironmentKeys> keys;
  private final Optional<FieldOpener> opener;

  private HistoryTexts(Optional<EnvironmentKeys> keys) {
    this.keys = keys;
    this.opener = keys.map(EnvironmentKeys::opener);
  }

  /** Gets what is needed; decrypts later. */
  static HistoryTexts open(DSLContext db, EnvironmentKeyring keyring, HistoryAccess access) {
    if (!access.sseEnabled()) {
      return new HistoryTexts(Optional.empty());
    }
    return new HistoryTexts(
        Optional.of(
            keyring
                .open(db, access.organisation(), access.environment())
                .orElseThrow(() -> ApiException.notFound("Environment not found"))));
  }

  /** In plain text; null if this is not for the server to open. */
  @Nullable Texts plaintext(SecretContent content, boolean withValue) {
    return opener
        .map(
            open ->
                new Texts(
                    opened(open, content.key()),
                    withValue ? opened(open, content.value()) : null,
                    opened(open, content.comment())))
        .orElse(null);
  }

  /** As it is stored; null if callers get it in plain text. */
  @Nullable Texts ciphertext(SecretContent content, boolean withValue) {
    return opener.isPresent()
        ? null
        : new Texts(content.key(), withValue ? content.value() : null, content.comment());
  }

  /**
   * The names of what differs. Where the server cannot look inside, what was encrypted anew differs
   * too.
   */
  List<String> changed(SecretContent before, SecretContent after) {
    List<String> changed = new ArrayList<>();
    addIf(changed, "path", !before.path().equals(after.path()));
    addIf(changed, "key", !before.keyDigest().equals(after.keyDigest()));
    addIf(changed, "value", differ(before.value(), after.value()));
    addIf(changed, "comment", differ(before.comment(), after.comment()));
    addIf(changed, "tags", !before.tags().equals(after.tags()));
    addIf(changed, "type", !before.type().equals(after.type()));
    return changed;
  }

  private static void addIf(List<String> names, String name, boolean condition) {
    if (condition) {
      names.add(name);
    }
  }

  private boolean differ(String one, String other) {
    if (one.equals(other)) {
      return false;
    }
    if (opener.isEmpty()) {
      return true;
    }
    String before = opened(opener.get(), one);
    String after = opened(opener.get(), other);
    return before == null || after == null || !before.equals(after);
  }

  /** Null if a client stored what nobody can decrypt. */
  private static @Nullable String opened(FieldOpener opener, String ciphertext) {
    try {
      return ciphertext.isEmpty() ? "" : opener.open(ciphertext);
    } catch (CryptoException e) {
      return null;
    }
  }

  @Override
  public void close() {
    opener.ifPresent(FieldOpener::close);
    keys.ifPresent(EnvironmentKeys::close);
  }

  /** The parts of a secret that are encrypted at rest. */
  record Texts(@Nullable String key, @Nullable String value, @Nullable String comment) {

    @Override
    public String toString() {
      return "Texts[content not shown]";
    }
  }
}
