package lockstep.cli.formats;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A format for names and values. What is written is read back as it was, whatever the values hold;
 * a format that cannot hold something says so instead of changing it.
 */
public enum FileFormat {
  DOTENV("dotenv") {
    @Override
    public String write(Map<String, String> entries) {
      return DotenvWriter.write(entries);
    }

    @Override
    public Entries read(String text) {
      return new DotenvParser(text).parse();
    }
  },
  JSON("json") {
    @Override
    public String write(Map<String, String> entries) {
      return Trees.json(entries);
    }

    @Override
    public Entries read(String text) {
      return Trees.readJson(text);
    }
  },
  YAML("yaml") {
    @Override
    public String write(Map<String, String> entries) {
      return Trees.yaml(entries);
    }

    @Override
    public Entries read(String text) {
      return Trees.readYaml(text);
    }
  },
  CSV("csv") {
    @Override
    public String write(Map<String, String> entries) {
      return Csv.write(entries);
    }

    @Override
    public Entries read(String text) {
      return Csv.read(text);
    }
  },
  TOML("toml") {
    @Override
    public String write(Map<String, String> entries) {
      return Trees.toml(entries);
    }

    @Override
    public Entries read(String text) {
      return Trees.readToml(text);
    }
  },
  JAVA_PROPERTIES("java-properties") {
    @Override
    public String write(Map<String, String> entries) {
      return JavaProperties.write(entries);
    }

    @Override
    public Entries read(String text) {
      return JavaProperties.read(text);
    }
  };

  private final String title;

  FileFormat(String title) {
    this.title = title;
  }

  /**
   * The text of a file with these entries.
   *
   * @throws FormatException if the format has no way to say one of them
   */
  public abstract String write(Map<String, String> entries);

  /**
   * The entries of a file, in their order. References such as <code>${A}</code> stay text.
   *
   * @throws FormatException if the text is not in the format, or names something twice
   */
  public abstract Entries read(String text);

  /** The format of a file by its name; {@code .env}, {@code .env.local} and the like are dotenv. */
  public static Optional<FileFormat> ofFile(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "env" -> Optional.of(DOTENV);
      case "json" -> Optional.of(JSON);
      case "yaml", "yml" -> Optional.of(YAML);
      case "csv" -> Optional.of(CSV);
      case "toml" -> Optional.of(TOML);
      case "properties" -> Optional.of(JAVA_PROPERTIES);
      default -> name.startsWith(".env") ? Optional.of(DOTENV) : Optional.empty();
    };
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return title;
  }
}
