package lockstep.references;

import org.jspecify.annotations.Nullable;

/** A piece of a value. All pieces of a value, one after the other, are the value as written. */
public sealed interface Segment {

  /** The piece as written. */
  String text();

  /** A piece that stands for itself. */
  record Text(String text) implements Segment {

    /** Tells nothing of the secret. */
    @Override
    public String toString() {
      return "Text[" + text.length() + " characters]";
    }
  }

  /**
   * A piece that stands for the value of a secret.
   *
   * @param app the name of the app it is in, or null for the app of the referring secret
   * @param environment the name of its environment, or null for the one of the referring secret;
   *     never null with an app
   * @param path its folder
   * @param key its name as written
   * @param text the whole piece, braces included
   */
  record Reference(
      @Nullable String app, @Nullable String environment, SecretPath path, String key, String text)
      implements Segment {

    /** What stands between the braces. */
    public String body() {
      return text.substring(2, text.length() - 1);
    }
  }
}
