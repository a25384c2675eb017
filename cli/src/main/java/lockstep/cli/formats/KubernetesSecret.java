package lockstep.cli.formats;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The manifest of a Kubernetes Secret. */
public final class KubernetesSecret {

  private static final Pattern OBJECT =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final int LONGEST_NAME = 253;

  private KubernetesSecret() {}

  /**
   * A manifest with these entries, in base64 as Kubernetes wants it.
   *
   * @throws FormatException if Kubernetes allows no such name
   */
  public static String write(Map<String, String> entries, String name, Optional<String> namespace) {
    StringBuilder manifest = new StringBuilder("apiVersion: v1\nkind: Secret\nmetadata:\n");
    manifest.append("  name: \"").append(checked(name)).append("\"\n");
    namespace.ifPresent(
        space -> manifest.append("  namespace: \"").append(checked(space)).append("\"\n"));
    manifest.append("type: Opaque\ndata:").append(entries.isEmpty() ? " {}\n" : "\n");
    entries.forEach(
        (key, value) -> {
          if (!KEY.matcher(key).matches()) {
            throw new FormatException("Kubernetes allows no secret to have the name '" + key + "'");
          }
          String encoded =
              Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
          manifest.append("  \"").append(key).append("\": \"").append(encoded).append("\"\n");
        });
    return manifest.toString();
  }

  private static String checked(String name) {
    if (name.length() > LONGEST_NAME || !OBJECT.matcher(name).matches()) {
      throw new FormatException("Kubernetes allows no name '" + name + "'");
    }
    return name;
  }
}
