package lockstep.references;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules once more, by other means: regular expressions for the grammar, strings glued together,
 * nothing remembered.
 */
final class SlowResolver {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^{}]+)}");
  private static final Pattern CROSS_APP =
      Pattern.compile("(?<app>(?:(?!::).)+)::(?<env>[^.]+)\\.(?<target>.+)", Pattern.DOTALL);
  private static final Pattern CROSS_ENVIRONMENT =
      Pattern.compile("(?!.*::)(?<env>[^.]+)\\.(?<target>.+)", Pattern.DOTALL);
  private static final Pattern LOCAL = Pattern.compile("(?<target>[^.]+)");
  private static final Pattern TARGET =
      Pattern.compile("(?:(?<path>.*)/)?(?<key>[^/]+)", Pattern.DOTALL);

  private final ReferenceSource source;
  private final ResolutionLimits limits;
  private int lookups;

  SlowResolver(ReferenceSource source, ResolutionLimits limits) {
    this.source = source;
    this.limits = limits;
  }

  /** The references in a value, split up as {@code [app, environment, path, key, text]}. */
  static List<List<@Nullable String>> references(String value) {
    return REFERENCE
        .matcher(value)
        .results()
        .map(result -> split(result.group(1)))
        .flatMap(Optional::stream)
        .toList();
  }

  String resolve(EnvironmentRef environment, UUID secret, String value) {
    return resolve(environment, List.of(secret), value);
  }

  private String resolve(EnvironmentRef environment, List<UUID> branch, String value) {
    String done = "";
    String rest = value;
    while (true) {
      Matcher matcher = REFERENCE.matcher(rest);
      if (!matcher.find()) {
        return done + rest;
      }
      done += rest.substring(0, matcher.start());
      String text = matcher.group();
      rest = rest.substring(matcher.end());
      Optional<String> resolved =
          split(text.substring(2, text.length() - 1))
              .flatMap(reference -> follow(environment, branch, reference));
      done += resolved.isPresent() && fits(done + resolved.get() + rest) ? resolved.get() : text;
    }
  }

  private Optional<String> follow(
      EnvironmentRef environment, List<UUID> branch, List<@Nullable String> reference) {
    if (lookups == limits.lookups()) {
      return Optional.empty();
    }
    lookups++;
    EnvironmentRef target = environment;
    String name = reference.get(1);
    if (name != null) {
      EnvironmentLookup lookup = source.environment(environment, reference.get(0), name);
      if (!(lookup instanceof EnvironmentLookup.Found(EnvironmentRef found))) {
        return Optional.empty();
      }
      target = found;
    }
    SecretPath path = SecretPath.of(Objects.requireNonNull(reference.get(2)));
    String key = Objects.requireNonNull(reference.get(3));
    Optional<ReferencedSecret> upper = source.secret(target, path, key.toUpperCase(Locale.ROOT));
    Optional<ReferencedSecret> secret =
        upper.isPresent() ? upper : source.secret(target, path, key);
    if (secret.isEmpty()
        || branch.contains(secret.get().id())
        || branch.size() == limits.secretsPerBranch()) {
      return Optional.empty();
    }
    List<UUID> longer = new ArrayList<>(branch);
    longer.add(secret.get().id());
    return Optional.of(resolve(target, longer, secret.get().value()));
  }

  private boolean fits(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= limits.valueBytes();
  }

  private static Optional<List<@Nullable String>> split(String body) {
    Matcher matcher = CROSS_APP.matcher(body);
    String app = null;
    String environment = null;
    if (matcher.matches()) {
      app = matcher.group("app");
      environment = matcher.group("env");
    } else {
      matcher = CROSS_ENVIRONMENT.matcher(body);
      if (matcher.matches()) {
        environment = matcher.group("env");
      } else {
        matcher = LOCAL.matcher(body);
        if (!matcher.matches()) {
          return Optional.empty();
        }
      }
    }
    Matcher target = TARGET.matcher(Objects.requireNonNull(matcher.group("target")));
    if (!target.matches()) {
      return Optional.empty();
    }
    String path =
        Arrays.stream(Objects.requireNonNullElse(target.group("path"), "").split("/", -1))
            .filter(folder -> !folder.isEmpty())
            .collect(Collectors.joining("/", "/", ""));
    return Optional.of(
        Arrays.asList(app, environment, path, target.group("key"), "${" + body + "}"));
  }
}
