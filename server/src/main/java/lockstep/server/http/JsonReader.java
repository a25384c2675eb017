package lockstep.server.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads request bodies that strangers wrote. Whatever the bytes are, the outcome is an object or a
 * 400.
 *
 * <ul>
 *   <li>Bytes are decoded as strict UTF-8 first: the JSON library would guess UTF-16 and accept
 *       surrogates.
 *   <li>Numbers stay text until someone asks for one, so their size costs nothing.
 *   <li>Names are not put into a shared table, which colliding names could flood.
 *   <li>Depth is limited, hence so is recursion; and so is the number of tokens, because a few
 *       bytes of text can become a hundred of objects.
 * </ul>
 */
final class JsonReader {
  private static final int NO_LIMIT = Integer.MAX_VALUE;
  private static final int MAXIMUM_TOKENS = 500_000;

  private final JsonFactory factory;

  JsonReader(int maxDepth) {
    this.factory =
        JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxTokenCount(MAXIMUM_TOKENS)
                    .maxNumberLength(NO_LIMIT)
                    .maxStringLength(NO_LIMIT)
                    .maxNameLength(NO_LIMIT)
                    .build())
            .build();
  }

  Fields object(byte[] json) {
    Reading reading = new Reading();
    JsonValue value = reading.document(decode(json));
    Fields object =
        value
            .object()
            .orElseThrow(() -> ApiException.badRequest("Request body must be a JSON object."));
    if (reading.nullCharacterSeen) {
      throw ApiException.badRequest("Null bytes are not allowed.");
    }
    return object;
  }

  private static char[] decode(byte[] json) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
      char[] characters = new char[text.remaining()];
      text.get(characters);
      return characters;
    } catch (CharacterCodingException e) {
      throw malformed();
    }
  }

  private static ApiException malformed() {
    return ApiException.badRequest("Request body must be valid JSON.");
  }

  /** One document; remembers what is only an error once the whole is known to be JSON. */
  private final class Reading {
    private boolean nullCharacterSeen;

    JsonValue document(char[] text) {
      try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
        JsonToken first = parser.nextToken();
        if (first == null) {
          throw malformed();
        }
        JsonValue value = value(parser, first);
        if (parser.nextToken() != null) {
          throw malformed();
        }
        return value;
      } catch (JacksonException e) {
        throw malformed();
      }
    }

    private JsonValue value(JsonParser parser, JsonToken token) {
      return switch (token) {
        case START_OBJECT -> members(parser);
        case START_ARRAY -> entries(parser);
        case VALUE_STRING -> new JsonValue(checked(parser.getString()));
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            new JsonValue(new JsonValue.Numeral(parser.getString()));
        case VALUE_TRUE -> new JsonValue(true);
        case VALUE_FALSE -> new JsonValue(false);
        case VALUE_NULL -> new JsonValue(null);
        default -> throw malformed();
      };
    }

    private JsonValue members(JsonParser parser) {
      Map<String, JsonValue> members = new LinkedHashMap<>();
      for (JsonToken token = present(parser.nextToken());
          token != JsonToken.END_OBJECT;
          token = present(parser.nextToken())) {
        String name = checked(parser.currentName());
        if (members.put(name, value(parser, present(parser.nextToken()))) != null) {
          throw malformed();
        }
      }
      return new JsonValue(new Fields(members, ""));
    }

    private JsonValue entries(JsonParser parser) {
      List<JsonValue> entries = new ArrayList<>();
      for (JsonToken token = present(parser.nextToken());
          token != JsonToken.END_ARRAY;
          token = present(parser.nextToken())) {
        entries.add(value(parser, token));
      }
      return new JsonValue(entries);
    }

    private static JsonToken present(@Nullable JsonToken token) {
      if (token == null) {
        throw malformed();
      }
      return token;
    }

    private String checked(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == 0) {
          nullCharacterSeen = true;
        } else if (Character.isSurrogate(c)) {
          boolean paired =
              Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1));
          if (!paired) {
            throw malformed();
          }
          i++;
        }
      }
      return text;
    }
  }
}
