package lockstep.client;

import java.util.List;
import java.util.Optional;
import lockstep.references.SecretPath;
import org.jspecify.annotations.Nullable;

/**
 * What is to change in a secret that was read; everything else stays. Immutable: each method
 * returns another one.
 *
 * <p>Tags are sent with every change, as they were read, because the server takes no tags to mean
 * that there are to be none.
 */
public final class SecretChange {

  private final Secret secret;
  private final @Nullable String key;
  private final @Nullable String value;
  private final @Nullable String path;
  private final @Nullable String comment;
  private final List<String> tags;
  private final @Nullable SecretType type;
  private final @Nullable PersonalOverride override;

  private SecretChange(
      Secret secret,
      @Nullable String key,
      @Nullable String value,
      @Nullable String path,
      @Nullable String comment,
      List<String> tags,
      @Nullable SecretType type,
      @Nullable PersonalOverride override) {
    this.secret = secret;
    this.key = key;
    this.value = value;
    this.path = path;
    this.comment = comment;
    this.tags = List.copyOf(tags);
    this.type = type;
    this.override = override;
  }

  /** A change of this secret that changes nothing yet. */
  public static SecretChange of(Secret secret) {
    return new SecretChange(secret, null, null, null, null, secret.tags(), null, null);
  }

  /**
   * Gives it another shared value.
   *
   * @throws IllegalArgumentException if it is sealed; the server would ignore it
   */
  public SecretChange value(String value) {
    if (secret.type() == SecretType.SEALED) {
      throw new IllegalArgumentException(
          "the value of a sealed secret cannot be changed; delete it and create it anew");
    }
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  /**
   * Renames it.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public SecretChange key(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a secret needs a name");
    }
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  /** Moves it to a folder, which is made if there is none. */
  public SecretChange path(String path) {
    return new SecretChange(
        secret, key, value, SecretPath.of(path).text(), comment, tags, type, override);
  }

  /** Gives it another comment; empty for none. */
  public SecretChange comment(String comment) {
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  /** Gives it these tags and no others. */
  public SecretChange tags(List<String> tags) {
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  /** Makes it one of this type. Sealed ones stay sealed. */
  public SecretChange type(SecretType type) {
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  /** Sets the value for oneself, or switches it on or off; only members have such. */
  public SecretChange override(PersonalOverride override) {
    return new SecretChange(secret, key, value, path, comment, tags, type, override);
  }

  Secret secret() {
    return secret;
  }

  Optional<String> key() {
    return Optional.ofNullable(key);
  }

  Optional<String> value() {
    return Optional.ofNullable(value);
  }

  Optional<String> path() {
    return Optional.ofNullable(path);
  }

  Optional<String> comment() {
    return Optional.ofNullable(comment);
  }

  List<String> tags() {
    return tags;
  }

  Optional<SecretType> type() {
    return Optional.ofNullable(type);
  }

  Optional<PersonalOverride> override() {
    return Optional.ofNullable(override);
  }

  @Override
  public String toString() {
    return "SecretChange[" + secret + "]";
  }
}
