package lockstep.cli.formats;

import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.toml.TomlMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** JSON, YAML and TOML: one object, whose members are texts, numbers, true or false. */
final class Trees {

  private Trees() {}

  static String json(Map<String, String> entries) {
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(entries)
        + "\n";
  }

  static Entries readJson(String text) {
    return read(JsonMapper.builder().build(), text);
  }

  static String yaml(Map<String, String> entries) {
    String yaml =
        YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.SPLIT_LINES)
            .build()
            .writeValueAsString(entries);
    if (!isReadAs(yaml, entries)) {
      throw new FormatException("yaml has no way to say one of the names or values; use json");
    }
    return yaml;
  }

  /** The library writes some names without quotes that mean something else then. */
  private static boolean isReadAs(String yaml, Map<String, String> entries) {
    try {
      return readYaml(yaml).asMap().equals(entries);
    } catch (FormatException e) {
      return false;
    }
  }

  static Entries readYaml(String text) {
    // The length of files is limited where they are read.
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
    return read(
        YAMLMapper.builder(YAMLFactory.builder().loadSettings(settings).build()).build(), text);
  }

  static String toml(Map<String, String> entries) {
    // The library writes an empty table in a form that it does not read.
    return entries.isEmpty() ? "" : TomlMapper.builder().build().writeValueAsString(entries);
  }

  static Entries readToml(String text) {
    return read(TomlMapper.builder().build(), text);
  }

  /** Numbers keep the form in which they are written, as far as the format tells it. */
  private static Entries read(ObjectMapper mapper, String text) {
    Entries entries = new Entries();
    try (JsonParser parser = mapper.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return entries;
      }
      if (first != JsonToken.START_OBJECT) {
        throw new FormatException("there must be names with values");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        boolean isText = token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL;
        if (!isText || (parser instanceof YAMLParser yaml && yaml.isCurrentAlias())) {
          throw new FormatException(
              "the value of '" + name + "' is neither a text, nor a number, nor true or false");
        }
        entries.add(name, parser.getString(), where(parser));
      }
      if (parser.nextToken() != null) {
        throw new FormatException(where(parser) + ": there is something behind the end");
      }
      return entries;
    } catch (JacksonException e) {
      // Its message may quote the text, which holds secrets.
      throw new FormatException(
          "line %d: this is not in the format"
              .formatted(e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr())));
    }
  }

  private static String where(JsonParser parser) {
    int line = parser.currentTokenLocation().getLineNr();
    return line > 0 ? "line " + line : "the file";
  }
}
