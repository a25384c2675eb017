package lockstep.server.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint answers which path and method. Literal segments win over parameters, whatever the
 * order of declaration; a path that fits no template as a whole has no route. Immutable once built.
 *
 * @param <C> the caller that authenticated endpoints receive
 */
public final class Router<C> {
  /** The methods a route can have, in the order in which they are listed to clients. */
  enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE;

    /** Methods are case-sensitive. */
    static Optional<Method> named(String name) {
      for (Method method : values()) {
        if (method.name().equals(name)) {
          return Optional.of(method);
        }
      }
      return Optional.empty();
    }
  }

  private final Node<C> root;
  private final List<Route> routes;

  private Router(Node<C> root, List<Route> routes) {
    this.root = root;
    this.routes = routes;
  }

  public static <C> Builder<C> builder() {
    return new Builder<>();
  }

  /** All routes, in the order of declaration. */
  public List<Route> routes() {
    return routes;
  }

  Optional<Match<C>> match(RequestPath path) {
    Target<C> target = root.find(path.segments(), 0);
    return target == null ? Optional.empty() : Optional.of(target.match(path));
  }

  /**
   * What a path leads to: the target, and the decoded parameters by name. Text that does not decode
   * stays as it is: it is nobody's id, and whether there is such a thing is not for strangers.
   */
  record Match<C>(Target<C> target, Map<String, String> parameters) {}

  /** The end points of one template. Exactly one of the two maps is filled, as the access says. */
  static final class Target<C> {
    private final String template;
    private final String[] segments;
    private final Access access;
    private final Map<Method, PublicEndpoint> open = new EnumMap<>(Method.class);
    private final Map<Method, Endpoint<C>> guarded = new EnumMap<>(Method.class);
    private ErrorFormat errors = ErrorFormat.PLAIN;
    private int maxBodyBytes;
    private boolean needsNoPlace;

    private Target(String template, String[] segments, Access access) {
      this.template = template;
      this.segments = segments;
      this.access = access;
    }

    String template() {
      return template;
    }

    Access access() {
      return access;
    }

    ErrorFormat errors() {
      return errors;
    }

    /** How large a body may be where others may have this many bytes. */
    int maxBodyBytes(int usual) {
      return Math.max(usual, maxBodyBytes);
    }

    /** Whether it is answered however many requests there are. */
    boolean needsNoPlace() {
      return needsNoPlace;
    }

    PublicEndpoint open(String method) {
      return Method.named(method).map(open::get).orElseThrow(() -> notAllowed(method));
    }

    Endpoint<C> guarded(String method) {
      return Method.named(method).map(guarded::get).orElseThrow(() -> notAllowed(method));
    }

    private ApiException notAllowed(String method) {
      return ApiException.of(405, "Method \"%s\" not allowed.".formatted(Echo.shorten(method)))
          .header("Allow", String.join(", ", methods()));
    }

    private List<String> methods() {
      return (access == Access.PUBLIC ? open : guarded)
          .keySet().stream().map(Method::name).toList();
    }

    private Match<C> match(RequestPath path) {
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < segments.length; i++) {
        if (segments[i].startsWith(":")) {
          String raw = path.segments().get(i);
          parameters.put(segments[i].substring(1), RequestPath.decode(raw).orElse(raw));
        }
      }
      return new Match<>(this, parameters);
    }
  }

  /** A position in the tree of segments. */
  private static final class Node<C> {
    private final Map<String, Node<C>> literals = new HashMap<>();
    private @Nullable Node<C> parameter;
    private @Nullable Target<C> target;

    /** Depth is that of the longest template, so recursion is bounded. */
    @Nullable Target<C> find(List<String> segments, int position) {
      if (position == segments.size()) {
        return target;
      }
      Node<C> literal = literals.get(segments.get(position));
      Target<C> found = literal == null ? null : literal.find(segments, position + 1);
      if (found == null && parameter != null) {
        found = parameter.find(segments, position + 1);
      }
      return found;
    }

    Node<C> child(String segment) {
      if (!segment.startsWith(":")) {
        return literals.computeIfAbsent(segment, _ -> new Node<>());
      }
      Node<C> child = parameter == null ? new Node<>() : parameter;
      parameter = child;
      return child;
    }
  }

  /** Collects routes. A declaration that is wrong or clashes with another is refused at once. */
  public static final class Builder<C> {
    private final Node<C> root = new Node<>();
    private final Map<String, Target<C>> targets = new LinkedHashMap<>();

    private Builder() {}

    /** Declares a route that anyone may call. */
    public PublicRouteBuilder publicRoute(String template) {
      return new PublicRouteBuilder(target(template, Access.PUBLIC));
    }

    /** Declares a route that asks for credentials. */
    public RouteBuilder<C> route(String template, Access access) {
      if (access == Access.PUBLIC) {
        throw new IllegalArgumentException("declare public routes with publicRoute: " + template);
      }
      return new RouteBuilder<>(target(template, access));
    }

    public Router<C> build() {
      List<Route> routes = new ArrayList<>();
      for (Target<C> target : targets.values()) {
        if (target.methods().isEmpty()) {
          throw new IllegalStateException("no endpoint: " + target.template);
        }
        routes.add(new Route(target.template, target.methods(), target.access));
      }
      return new Router<>(root, List.copyOf(routes));
    }

    private Target<C> target(String template, Access access) {
      boolean slashes = template.startsWith("/") && template.endsWith("/");
      Optional<RequestPath> path = RequestPath.parse(template);
      if (!slashes || path.isEmpty() || !path.get().text().equals(template)) {
        throw new IllegalArgumentException("not a route template: " + template);
      }
      Node<C> node = root;
      for (String segment : path.get().segments()) {
        node = node.child(segment);
      }
      if (node.target != null) {
        throw new IllegalArgumentException(
            "%s is the same route as %s".formatted(template, node.target.template));
      }
      Target<C> target =
          new Target<>(template, path.get().segments().toArray(String[]::new), access);
      node.target = target;
      targets.put(template, target);
      return target;
    }
  }

  /** Names the endpoints of a route that asks for credentials. */
  public static final class RouteBuilder<C> {
    private final Target<C> target;

    private RouteBuilder(Target<C> target) {
      this.target = target;
    }

    public RouteBuilder<C> get(Endpoint<C> endpoint) {
      return on(Method.GET, endpoint);
    }

    public RouteBuilder<C> post(Endpoint<C> endpoint) {
      return on(Method.POST, endpoint);
    }

    public RouteBuilder<C> put(Endpoint<C> endpoint) {
      return on(Method.PUT, endpoint);
    }

    public RouteBuilder<C> patch(Endpoint<C> endpoint) {
      return on(Method.PATCH, endpoint);
    }

    public RouteBuilder<C> delete(Endpoint<C> endpoint) {
      return on(Method.DELETE, endpoint);
    }

    /** Errors of this route look so, instead of {@link ErrorFormat#PLAIN}. */
    public RouteBuilder<C> errors(ErrorFormat format) {
      target.errors = format;
      return this;
    }

    /** Bodies of this route may be larger than others. */
    public RouteBuilder<C> maxBodyBytes(int bytes) {
      target.maxBodyBytes = bytes;
      return this;
    }

    private RouteBuilder<C> on(Method method, Endpoint<C> endpoint) {
      if (target.guarded.put(method, endpoint) != null) {
        throw new IllegalArgumentException("second %s %s".formatted(method, target.template));
      }
      return this;
    }
  }

  /** Names the endpoints of a route that anyone may call. */
  public static final class PublicRouteBuilder {
    private final Target<?> target;

    private PublicRouteBuilder(Target<?> target) {
      this.target = target;
    }

    public PublicRouteBuilder get(PublicEndpoint endpoint) {
      return on(Method.GET, endpoint);
    }

    public PublicRouteBuilder post(PublicEndpoint endpoint) {
      return on(Method.POST, endpoint);
    }

    public PublicRouteBuilder put(PublicEndpoint endpoint) {
      return on(Method.PUT, endpoint);
    }

    public PublicRouteBuilder patch(PublicEndpoint endpoint) {
      return on(Method.PATCH, endpoint);
    }

    public PublicRouteBuilder delete(PublicEndpoint endpoint) {
      return on(Method.DELETE, endpoint);
    }

    /**
     * It is answered however many requests there are. For endpoints that wait for nothing and make
     * nothing large.
     */
    public PublicRouteBuilder evenWhenBusy() {
      target.needsNoPlace = true;
      return this;
    }

    /** Errors of this route look so, instead of {@link ErrorFormat#PLAIN}. */
    public PublicRouteBuilder errors(ErrorFormat format) {
      target.errors = format;
      return this;
    }

    private PublicRouteBuilder on(Method method, PublicEndpoint endpoint) {
      if (target.open.put(method, endpoint) != null) {
        throw new IllegalArgumentException("second %s %s".formatted(method, target.template));
      }
      return this;
    }
  }
}
