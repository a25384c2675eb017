package lockstep.server.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** How the errors of a route look. Routes of another standard have another form. */
@FunctionalInterface
public interface ErrorFormat {
  /** {@code {"error": "..."}}, then the error's further members. */
  ErrorFormat PLAIN =
      error -> {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", error.message());
        body.putAll(error.members());
        return Reply.status(error.status(), body);
      };

  /** Status and body that tell this error. The edge adds the error's headers. */
  Reply render(ApiException error);
}
