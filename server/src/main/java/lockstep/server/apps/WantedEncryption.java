package lockstep.server.apps;

import java.util.HashMap;
import java.util.Map;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.keys.SuppliedKeys;

/**
 * Which kind a client wants an app to be of.
 *
 * @param serverKeys the keys of all environments, wrapped for the server; none to take them away
 */
record WantedEncryption(boolean sseEnabled, Map<EnvironmentId, WrappedEnvironmentKeys> serverKeys) {

  WantedEncryption {
    serverKeys = Map.copyOf(serverKeys);
  }

  static WantedEncryption read(Fields body) {
    boolean sseEnabled = body.flag("sseEnabled").orElseThrow(() -> body.missing("sseEnabled"));
    return new WantedEncryption(sseEnabled, sseEnabled ? serverKeys(body) : Map.of());
  }

  private static Map<EnvironmentId, WrappedEnvironmentKeys> serverKeys(Fields body) {
    Map<EnvironmentId, WrappedEnvironmentKeys> keys = new HashMap<>();
    for (JsonValue entry :
        body.list("environments").orElseThrow(() -> body.missing("environments"))) {
      Fields fields =
          entry
              .object()
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "Each entry in 'environments' must be an object with 'id', 'wrappedSeed'"
                              + " and 'wrappedSalt'."));
      String text = fields.requiredText("id");
      EnvironmentId id =
          EnvironmentId.parse(text)
              .orElseThrow(() -> ApiException.badRequest("'id' must be the id of an environment."));
      if (keys.put(id, SuppliedKeys.wrapped(fields)) != null) {
        throw ApiException.badRequest(
            "Duplicate environment in 'environments': '" + Echo.shorten(text) + "'.");
      }
    }
    return keys;
  }
}
