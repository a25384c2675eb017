package lockstep.crypto;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The flat JSON objects with string members that some of the formats contain. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode object;

  private Json(JsonNode object) {
    this.object = object;
  }

  static Json parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node.isObject()) {
        return new Json(node);
      }
    } catch (JacksonException _) {
      // Refused below. The message of this one quotes the text.
    }
    throw new FormatException("not a JSON object");
  }

  static String write(String member, String value) {
    return MAPPER.writeValueAsString(Map.of(member, value));
  }

  boolean has(String member) {
    return object.has(member);
  }

  String string(String member) {
    JsonNode value = object.path(member);
    if (!value.isString()) {
      throw new FormatException("no text named " + member);
    }
    return value.stringValue();
  }
}
