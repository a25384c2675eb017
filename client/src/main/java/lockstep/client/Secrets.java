package lockstep.client;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lockstep.references.SecretPath;

/** Secrets that were read together, in the order in which they were created. Immutable. */
public final class Secrets implements Iterable<Secret> {

  private final List<Secret> secrets;
  private final Freshness freshness;

  Secrets(List<Secret> secrets, Freshness freshness) {
    this.secrets = List.copyOf(secrets);
    this.freshness = freshness;
  }

  /** All of them. */
  public List<Secret> asList() {
    return secrets;
  }

  /** All of them. */
  public Stream<Secret> stream() {
    return secrets.stream();
  }

  /** How many there are. */
  public int size() {
    return secrets.size();
  }

  /** How current they are; of answers that references brought in, the oldest counts. */
  public Freshness freshness() {
    return freshness;
  }

  /** The secret of this name, in this letter case, in a folder. */
  public Optional<Secret> find(String path, String key) {
    String folder = SecretPath.of(path).text();
    return secrets.stream()
        .filter(secret -> secret.key().equals(key) && secret.path().equals(folder))
        .findFirst();
  }

  /** Values by name, of the secrets that lie directly in a folder. */
  public SecretValues values(String path) {
    String folder = SecretPath.of(path).text();
    Map<String, String> values = new LinkedHashMap<>();
    for (Secret secret : secrets) {
      if (secret.path().equals(folder)) {
        values.put(secret.key(), secret.value());
      }
    }
    return new SecretValues(values, freshness);
  }

  @Override
  public Iterator<Secret> iterator() {
    return secrets.iterator();
  }

  @Override
  public String toString() {
    return "Secrets[" + secrets.size() + "]";
  }
}
