package lockstep.server.http;

import java.util.List;

/**
 * One route as data: for the API description, the authorisation matrix and the list of routes that
 * anyone may call.
 *
 * @param template literal segments and {@code :parameters}, with a slash at both ends
 * @param methods in the order GET, POST, PUT, PATCH, DELETE
 */
public record Route(String template, List<String> methods, Access access) {
  public Route {
    methods = List.copyOf(methods);
  }
}
