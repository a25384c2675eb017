package lockstep.client;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import lockstep.references.SecretPath;
import org.jspecify.annotations.Nullable;

/** A secret to be created. Immutable: each method returns another one. */
public final class NewSecret {

  private final String key;
  private final String value;
  private final String path;
  private final String comment;
  private final List<String> tags;
  private final SecretType type;
  private final @Nullable PersonalOverride override;

  private NewSecret(
      String key,
      String value,
      String path,
      String comment,
      List<String> tags,
      SecretType type,
      @Nullable PersonalOverride override) {
    this.key = key;
    this.value = value;
    this.path = path;
    this.comment = comment;
    this.tags = List.copyOf(tags);
    this.type = type;
    this.override = override;
  }

  /**
   * A secret in no folder, without comment and tags.
   *
   * @param key its name, kept in this letter case; names are upper case by convention
   * @throws IllegalArgumentException if the name is empty
   */
  public static NewSecret of(String key, String value) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("a secret needs a name");
    }
    return new NewSecret(
        key, Objects.requireNonNull(value), "/", "", List.of(), SecretType.SECRET, null);
  }

  /** In this folder, which is made if there is none. */
  public NewSecret in(String path) {
    return new NewSecret(key, value, SecretPath.of(path).text(), comment, tags, type, override);
  }

  /** With this comment. */
  public NewSecret withComment(String comment) {
    return new NewSecret(key, value, path, comment, tags, type, override);
  }

  /** With these tags, which are made if there are none of the names. */
  public NewSecret withTags(List<String> tags) {
    return new NewSecret(key, value, path, comment, tags, type, override);
  }

  /** Of this type. */
  public NewSecret withType(SecretType type) {
    return new NewSecret(key, value, path, comment, tags, type, override);
  }

  /** With a value for oneself; only members have such. */
  public NewSecret withOverride(PersonalOverride override) {
    return new NewSecret(key, value, path, comment, tags, type, override);
  }

  String key() {
    return key;
  }

  String value() {
    return value;
  }

  String path() {
    return path;
  }

  String comment() {
    return comment;
  }

  List<String> tags() {
    return tags;
  }

  SecretType type() {
    return type;
  }

  Optional<PersonalOverride> override() {
    return Optional.ofNullable(override);
  }

  @Override
  public String toString() {
    return "NewSecret[" + SecretName.text(path, key) + ", value hidden]";
  }
}
