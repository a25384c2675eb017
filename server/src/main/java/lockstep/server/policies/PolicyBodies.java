package lockstep.server.policies;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.net.AddressRange;

/** Reads the bodies of requests about network access policies. */
final class PolicyBodies {

  private static final int MAXIMUM_NAME = 64;
  private static final int MAXIMUM_ENTRIES = 256;
  private static final int MAXIMUM_POLICIES = 100;

  private PolicyBodies() {}

  static Policies.Change newPolicy(Fields body) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    if (!body.has("allowed_ips")) {
      throw body.missing("allowed_ips");
    }
    return new Policies.Change(
        Optional.of(name), allowedIps(body), Optional.of(body.flag("is_global").orElse(false)));
  }

  static Policies.Change change(Fields body) {
    if (Stream.of("name", "allowed_ips", "is_global").noneMatch(body::has)) {
      throw ApiException.badRequest("At least one field must be provided.");
    }
    Optional<String> name =
        body.has("name")
            ? Optional.of(body.requiredCleanedText("name", MAXIMUM_NAME))
            : Optional.empty();
    return new Policies.Change(name, allowedIps(body), body.flag("is_global"));
  }

  private static Optional<List<String>> allowedIps(Fields body) {
    Optional<List<JsonValue>> list = body.list("allowed_ips");
    if (list.isEmpty()) {
      return Optional.empty();
    }
    if (list.get().isEmpty()) {
      throw ApiException.badRequest("'allowed_ips' must not be empty.");
    }
    if (list.get().size() > MAXIMUM_ENTRIES) {
      throw ApiException.badRequest("'allowed_ips' cannot exceed " + MAXIMUM_ENTRIES + " entries.");
    }
    List<String> entries = new ArrayList<>();
    for (JsonValue value : list.get()) {
      entries.add(
          value
              .text()
              .map(String::strip)
              .filter(entry -> AddressRange.parse(entry).isPresent())
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "'%s' is not a valid IP address or CIDR range."
                              .formatted(Echo.shorten(value.echo())))));
    }
    return Optional.of(entries);
  }

  /** The ids of all policies that an account is to have, as sent. */
  static Set<String> policyIds(Fields body) {
    if (!body.has("policy_ids")) {
      throw body.missing("policy_ids");
    }
    Set<String> ids = new LinkedHashSet<>();
    for (JsonValue value : body.list("policy_ids").orElseThrow()) {
      ids.add(
          value
              .text()
              .orElseThrow(
                  () -> ApiException.badRequest("'policy_ids' must be a list of policy IDs.")));
    }
    if (ids.size() > MAXIMUM_POLICIES) {
      throw ApiException.badRequest("'policy_ids' cannot exceed " + MAXIMUM_POLICIES + " entries.");
    }
    return ids;
  }

  /** Whether the client insists on a change that locks it out. */
  static boolean force(Fields body) {
    return body.flag("force").orElse(false);
  }
}
