package lockstep.references;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What references can lead to, seen by one caller in one snapshot: the same question always has the
 * same answer.
 */
public interface ReferenceSource {

  /**
   * Looks for the environment that a reference names, and whether the caller may read secrets
   * there. The environment that is being read itself needs no further permission, by whatever name
   * and from wherever it is referred to.
   *
   * @param current the environment of the referring secret
   * @param app the name of an app, in any letter case; null for the app of {@code current}, which
   *     is known by its id and so never missing or ambiguous
   * @param environment the name of an environment of that app, in any letter case
   */
  EnvironmentLookup environment(EnvironmentRef current, @Nullable String app, String environment);

  /** The live secret with exactly this path and key; outputs of dynamic secrets are none. */
  Optional<ReferencedSecret> secret(EnvironmentRef environment, SecretPath path, String key);
}
