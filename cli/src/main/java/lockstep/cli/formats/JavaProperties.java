package lockstep.cli.formats;

import java.io.IOException;
import java.io.Serial;
import java.io.StringReader;
import java.util.Map;
import java.util.Properties;

/** Property files of Java, in ASCII alone, which every version of Java reads. */
final class JavaProperties {

  private JavaProperties() {}

  static String write(Map<String, String> entries) {
    StringBuilder text = new StringBuilder();
    entries.forEach(
        (name, value) -> {
          escape(text, name, true);
          text.append('=');
          escape(text, value, false);
          text.append('\n');
        });
    return text.toString();
  }

  private static void escape(StringBuilder text, String raw, boolean isName) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      boolean isAscii = c >= ' ' && c < 0x7f;
      boolean hasMeaning = c == '\\' || (isName ? " =:#!".indexOf(c) >= 0 : c == ' ' && i == 0);
      if (!isAscii) {
        text.append("\\u%04X".formatted((int) c));
      } else {
        text.append(hasMeaning ? "\\" : "").append(c);
      }
    }
  }

  static Entries read(String text) {
    Entries entries = new Entries();
    try {
      new Listener(entries).load(new StringReader(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("there is a \\u without four hexadecimal digits");
    } catch (IOException e) {
      throw new AssertionError("a text is always readable", e);
    }
    return entries;
  }

  /** Learns of every line: the JDK's own map would silently keep the last of a name. */
  private static final class Listener extends Properties {

    @Serial private static final long serialVersionUID = 1;

    private final transient Entries entries;

    private Listener(Entries entries) {
      this.entries = entries;
    }

    @Override
    public synchronized Object put(Object name, Object value) {
      entries.add((String) name, (String) value, "the file");
      return value;
    }
  }
}
