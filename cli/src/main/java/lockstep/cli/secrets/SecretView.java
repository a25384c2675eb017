package lockstep.cli.secrets;

import java.util.List;
import lockstep.cli.api.Table;
import lockstep.client.Secret;
import lockstep.client.SecretType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A secret as it is shown. */
final class SecretView {

  static final String MASK = "********";

  /** Columns of a table for people, to whom values of sealed secrets are never shown. */
  static final Table TABLE = new Table("key", "value", "path", "type", "tags", "comment");

  private SecretView() {}

  /** Everything that scripts may want; the value only if it is to be shown. */
  static ObjectNode json(Secret secret, boolean show) {
    ObjectNode view = JsonMapper.shared().createObjectNode();
    view.put("id", secret.id());
    view.put("key", secret.key());
    view.put("path", secret.path());
    if (show) {
      view.put("value", secret.value());
    }
    view.put("comment", secret.comment());
    secret.tags().forEach(view.putArray("tags")::add);
    view.put("type", type(secret));
    view.put("isOverridden", isOverridden(secret));
    view.put("version", secret.version());
    view.put("createdAt", secret.createdAt().toString());
    view.put("updatedAt", secret.updatedAt().toString());
    return view;
  }

  /** A row of the table. */
  static List<String> row(Secret secret, boolean show) {
    boolean isVisible =
        secret.type() == SecretType.CONFIG || (show && secret.type() != SecretType.SEALED);
    return List.of(
        secret.key(),
        isVisible ? secret.value() : MASK,
        secret.path(),
        type(secret) + (isOverridden(secret) ? ", personal" : ""),
        secret.tags().isEmpty() ? "-" : String.join(",", secret.tags()),
        secret.comment());
  }

  private static String type(Secret secret) {
    return secret.type().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static boolean isOverridden(Secret secret) {
    return secret.override().filter(override -> override.isActive()).isPresent();
  }
}
