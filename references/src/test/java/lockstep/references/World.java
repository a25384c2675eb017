package lockstep.references;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.references.EnvironmentLookup.Found;
import lockstep.references.EnvironmentLookup.NotFound;
import lockstep.references.EnvironmentLookup.Reason;
import org.jspecify.annotations.Nullable;

/**
 * An organisation in memory, for tests. It starts with the app {@code web} and its environment
 * {@code dev}, which is the one that is read. Secrets are written {@code KEY=value}, {@code
 * /path/KEY=value}, {@code environment KEY=value} or {@code app::environment /path/KEY=value}; apps
 * and environments come into being with them.
 */
final class World implements ReferenceSource {

  private static final Pattern SECRET =
      Pattern.compile("(?:(?:(\\w+)::)?(\\w+) )?([^=]*/)?([^/=]+)=(.*)", Pattern.DOTALL);

  private final List<App> apps = new ArrayList<>();
  private final Map<Place, ReferencedSecret> secrets = new HashMap<>();
  private final Set<UUID> withoutAccess = new HashSet<>();
  private final App own = app("web");
  private final EnvironmentRef dev = environment(own, "dev");
  private long lastId;
  private int questions;

  World(String... secrets) {
    for (String secret : secrets) {
      put(secret);
    }
  }

  /** Adds a secret, or replaces its value. */
  World put(String secret) {
    Matcher matcher = SECRET.matcher(secret);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(secret);
    }
    String appName = matcher.group(1);
    String environmentName = matcher.group(2);
    App app = appName == null ? own : existingApp(appName).orElseGet(() -> app(appName));
    EnvironmentRef environment = environmentName == null ? dev : environment(app, environmentName);
    SecretPath path = SecretPath.of(Objects.requireNonNullElse(matcher.group(3), ""));
    Place place = new Place(environment.id(), path, group(matcher, 4));
    ReferencedSecret before = secrets.get(place);
    UUID id = before == null ? nextId() : before.id();
    secrets.put(place, new ReferencedSecret(id, group(matcher, 5)));
    return this;
  }

  /** Adds another app of this name. */
  World withApp(String name) {
    app(name);
    return this;
  }

  /** The server can no longer open the environments of the app. */
  World withoutSse(String appName) {
    existingApp(appName).orElseThrow().sse = false;
    return this;
  }

  /** The caller can no longer read in an environment of the own app. */
  World withoutAccess(String environmentName) {
    withoutAccess.add(environment(own, environmentName).id());
    return this;
  }

  /** What the secret {@code A} in the root of {@code dev} resolves to if it has this value. */
  String resolve(String value) {
    put("A=" + value);
    return new ReferenceResolver(this).resolve(dev, idOf("A"), value);
  }

  /** The same, strictly, for a user. */
  StrictResolution resolveStrict(String value) {
    return resolveStrict(value, ReaderKind.USER);
  }

  StrictResolution resolveStrict(String value, ReaderKind reader) {
    put("A=" + value);
    return new ReferenceResolver(this).resolveStrict(dev, idOf("A"), value, reader);
  }

  EnvironmentRef dev() {
    return dev;
  }

  /** The id of a secret in the root of {@code dev}. */
  UUID idOf(String key) {
    return secret(dev, SecretPath.ROOT, key).orElseThrow().id();
  }

  /** How often anything has been looked up. */
  int questions() {
    return questions;
  }

  @Override
  public EnvironmentLookup environment(
      EnvironmentRef current, @Nullable String app, String environment) {
    questions++;
    List<App> candidates =
        apps.stream()
            .filter(
                candidate ->
                    app == null
                        ? candidate.id.equals(current.app())
                        : candidate.name.equalsIgnoreCase(app))
            .toList();
    if (candidates.size() != 1) {
      return new NotFound(candidates.isEmpty() ? Reason.APP_MISSING : Reason.APP_AMBIGUOUS);
    }
    App found = candidates.getFirst();
    if (!found.sse) {
      return new NotFound(Reason.NO_SSE);
    }
    EnvironmentRef target = found.environments.get(environment.toLowerCase(Locale.ROOT));
    if (target == null) {
      return new NotFound(Reason.ENVIRONMENT_MISSING);
    }
    return withoutAccess.contains(target.id()) ? new NotFound(Reason.NO_ACCESS) : new Found(target);
  }

  @Override
  public Optional<ReferencedSecret> secret(
      EnvironmentRef environment, SecretPath path, String key) {
    questions++;
    return Optional.ofNullable(secrets.get(new Place(environment.id(), path, key)));
  }

  private Optional<App> existingApp(String name) {
    return apps.stream().filter(app -> app.name.equals(name)).findFirst();
  }

  private App app(String name) {
    App app = new App(nextId(), name);
    apps.add(app);
    return app;
  }

  private EnvironmentRef environment(App app, String name) {
    return app.environments.computeIfAbsent(
        name.toLowerCase(Locale.ROOT), _ -> new EnvironmentRef(app.id, nextId(), name));
  }

  private UUID nextId() {
    return new UUID(0, ++lastId);
  }

  private static String group(Matcher matcher, int group) {
    return Objects.requireNonNull(matcher.group(group));
  }

  private record Place(UUID environment, SecretPath path, String key) {}

  private static final class App {
    private final UUID id;
    private final String name;
    private final Map<String, EnvironmentRef> environments = new HashMap<>();
    private boolean sse = true;

    App(UUID id, String name) {
      this.id = id;
      this.name = name;
    }
  }
}
