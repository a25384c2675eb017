package lockstep.server.environments;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.keys.SuppliedKeys;

/**
 * An environment to be created, with keys that a client made for it.
 *
 * @param identityKey the environment's public key
 * @param keys the same keys for each account that shall open it
 */
public record ClientEnvironment(
    EnvironmentName name, EnvironmentType type, X25519PublicKey identityKey, SuppliedKeys keys) {

  private static final int MAXIMUM = 100;

  /**
   * Reads one environment.
   *
   * @throws ApiException 400 if something is missing or not legal
   */
  static ClientEnvironment read(Fields body) {
    return new ClientEnvironment(
        EnvironmentName.read(body),
        type(body),
        SuppliedKeys.identityKey(body),
        SuppliedKeys.read(body));
  }

  /**
   * Reads the list in {@code environments}.
   *
   * @throws ApiException 400 if it is missing, empty, too long, or one of its entries is not legal
   */
  public static List<ClientEnvironment> readAll(Fields body) {
    List<JsonValue> entries =
        body.list("environments").orElseThrow(() -> body.missing("environments"));
    if (entries.isEmpty()) {
      throw ApiException.badRequest("'environments' must not be empty.");
    }
    if (entries.size() > MAXIMUM) {
      throw ApiException.badRequest("'environments' cannot exceed " + MAXIMUM + " entries.");
    }
    List<ClientEnvironment> environments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonValue entry : entries) {
      ClientEnvironment environment =
          read(
              entry
                  .object()
                  .orElseThrow(
                      () ->
                          ApiException.badRequest(
                              "Each entry in 'environments' must be an object.")));
      if (!names.add(environment.name().folded())) {
        throw ApiException.badRequest(
            "Duplicate environment name: '" + Echo.shorten(environment.name().text()) + "'.");
      }
      environments.add(environment);
    }
    return environments;
  }

  private static EnvironmentType type(Fields body) {
    String name = body.text("envType").orElse(EnvironmentType.CUSTOM.wireName());
    return EnvironmentType.ofWireName(name)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "'envType' must be one of ['dev', 'staging', 'prod', 'custom']."));
  }
}
