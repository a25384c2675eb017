package lockstep.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A secret as it was read. Immutable; {@code toString} shows neither value nor comment. */
public final class Secret {

  private final PlainSecret plain;
  private final String value;
  private final List<UnresolvedReference> unresolved;

  Secret(PlainSecret plain, String value, List<UnresolvedReference> unresolved) {
    this.plain = plain;
    this.value = value;
    this.unresolved = List.copyOf(unresolved);
  }

  /** Id. */
  public String id() {
    return plain.row().id().toString();
  }

  /** Name, in the letter case in which it was written. */
  public String key() {
    return plain.key();
  }

  /** Folder: {@code /}, or {@code /a/b}. */
  public String path() {
    return plain.row().path().text();
  }

  /**
   * The value to use: that of an active personal override, else the shared one. References are
   * resolved unless the reading was to {@linkplain ReferenceMode#LEAVE leave} them.
   */
  public String value() {
    return value;
  }

  /** The value to use with its references as written. */
  public String writtenValue() {
    return plain.used();
  }

  /** The value that everybody has, with its references as written, whatever the override. */
  public String sharedValue() {
    return plain.shared();
  }

  /**
   * References that stay as written in {@link #value}, in the order in which they are met. Empty if
   * the reading was to leave them all.
   */
  public List<UnresolvedReference> unresolved() {
    return unresolved;
  }

  /** The reader's own value, active or not. */
  public Optional<PersonalOverride> override() {
    return plain.override();
  }

  /** Empty for none. */
  public String comment() {
    return plain.comment();
  }

  /** Names of the tags. */
  public List<String> tags() {
    return plain.row().tags();
  }

  /** What kind of value it has. */
  public SecretType type() {
    return plain.row().type();
  }

  /** Whether the server rotates the value, so that it cannot be changed. */
  public boolean isRotating() {
    return plain.row().lifecycle().equals("rotating");
  }

  /** Counts the changes, from 1. */
  public int version() {
    return plain.row().version();
  }

  /** When it was created. */
  public Instant createdAt() {
    return plain.row().createdAt();
  }

  /** When it was last changed. */
  public Instant updatedAt() {
    return plain.row().updatedAt();
  }

  @Override
  public String toString() {
    return "Secret[" + SecretName.text(path(), key()) + ", value hidden]";
  }
}
