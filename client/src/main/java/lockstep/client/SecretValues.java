package lockstep.client;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Values by name, in the order in which the secrets were created. Immutable; {@code toString} shows
 * none of them.
 */
public final class SecretValues extends AbstractMap<String, String> {

  private final Map<String, String> values;
  private final Freshness freshness;

  SecretValues(Map<String, String> values, Freshness freshness) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    this.freshness = freshness;
  }

  /**
   * The value of this name.
   *
   * @throws NotFoundException if there is none
   */
  public String require(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new NotFoundException("there is no secret '" + key + "'");
    }
    return value;
  }

  /** How current the values are. */
  public Freshness freshness() {
    return freshness;
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return values.entrySet();
  }

  @Override
  public String toString() {
    return "SecretValues[" + values.size() + " values hidden]";
  }
}
