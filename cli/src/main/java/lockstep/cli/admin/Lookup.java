package lockstep.cli.admin;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import tools.jackson.databind.JsonNode;

/** Finds things by what people call them. Ids are taken as they are. */
public final class Lookup {

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final Api api;

  /** Looks up what this server has. */
  public Lookup(Api api) {
    this.api = api;
  }

  /** The id of a member. */
  public String member(String emailOrId) {
    return find("member", "/v1/members/", "email", emailOrId);
  }

  String role(String nameOrId) {
    return find("role", "/v1/roles/", "name", nameOrId);
  }

  /** The id of a service account. */
  public String serviceAccount(String nameOrId) {
    return find("service account", "/v1/service-accounts/", "name", nameOrId);
  }

  String team(String nameOrId) {
    return find("team", "/v1/teams/", "name", nameOrId);
  }

  String policy(String nameOrId) {
    return find("network policy", "/v1/network-policies/", "name", nameOrId);
  }

  String app(String nameOrId) {
    return find("app", "/v1/apps/", "name", nameOrId);
  }

  String environment(String app, String nameOrId) {
    return find("environment", "/v1/environments/?app_id=" + app(app), "name", nameOrId);
  }

  /** An environment among those that this path lists. */
  String environmentIn(String list, String nameOrId) {
    return find("environment", list, "name", nameOrId);
  }

  /**
   * The body of a declaration of access.
   *
   * @param scopes texts of the form {@code app=environment,environment}
   */
  Map<String, Object> access(List<String> scopes) {
    List<Map<String, Object>> apps = new ArrayList<>();
    for (String scope : scopes) {
      int equals = scope.indexOf('=');
      if (equals <= 0 || equals == scope.length() - 1) {
        throw new CommandException(
            "'" + scope + "' is not of the form APP=ENVIRONMENT,ENVIRONMENT");
      }
      String app = scope.substring(0, equals);
      List<String> environments = new ArrayList<>();
      for (String name : scope.substring(equals + 1).split(",", -1)) {
        environments.add(environment(app, name.strip()));
      }
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("id", app(app));
      entry.put("environments", environments);
      apps.add(entry);
    }
    return Map.of("apps", apps);
  }

  private String find(String noun, String list, String member, String text) {
    if (ID.matcher(text).matches()) {
      return text;
    }
    List<String> found = new ArrayList<>();
    for (JsonNode row : api.get(list).path("data")) {
      if (row.path(member).asString("").equalsIgnoreCase(text)) {
        found.add(Api.text(row, "/id"));
      }
    }
    if (found.isEmpty()) {
      throw new CommandException("there is no " + noun + " '" + text + "'");
    }
    if (found.size() > 1) {
      throw new CommandException(
          "there are several: " + noun + " '" + text + "'; name one by its id");
    }
    return found.getFirst();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
