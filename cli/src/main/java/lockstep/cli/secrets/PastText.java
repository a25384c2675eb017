package lockstep.cli.secrets;

import java.util.ArrayList;
import java.util.List;
import lockstep.client.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the history tells of a secret at a time: the server decrypts it where it can, otherwise this
 * program does.
 */
final class PastText {

  private static final List<String> TEXTS = List.of("key", "value", "comment");

  private final Environment environment;
  private final boolean show;

  /**
   * @param show whether values are shown; otherwise they are not even decrypted
   */
  PastText(Environment environment, boolean show) {
    this.environment = environment;
    this.show = show;
  }

  /** The same with the texts under {@code plaintext}, and the value only if it is to be shown. */
  ObjectNode opened(JsonNode past) {
    ObjectNode copy = ((ObjectNode) past).deepCopy();
    JsonNode ciphertext = copy.path("ciphertext");
    ObjectNode texts = JsonMapper.shared().createObjectNode();
    if (ciphertext.isObject()) {
      decrypt(ciphertext, texts);
    } else {
      TEXTS.forEach(name -> texts.set(name, copy.path("plaintext").path(name)));
    }
    if (!show) {
      texts.putNull("value");
    }
    copy.set("plaintext", texts);
    copy.remove("ciphertext");
    return copy;
  }

  private void decrypt(JsonNode ciphertext, ObjectNode into) {
    List<String> names = new ArrayList<>();
    List<String> sealed = new ArrayList<>();
    for (String name : TEXTS) {
      String text = ciphertext.path(name).asString("");
      into.put(name, name.equals("value") ? null : text);
      if (!text.isEmpty() && (show || !name.equals("value"))) {
        names.add(name);
        sealed.add(text);
      }
    }
    List<String> opened = environment.decrypt(sealed);
    for (int i = 0; i < names.size(); i++) {
      into.put(names.get(i), opened.get(i));
    }
  }

  /** A value in a table. */
  String value(JsonNode opened) {
    JsonNode value = opened.path("plaintext").path("value");
    return value.isString() ? value.stringValue() : show ? "-" : SecretView.MASK;
  }
}
