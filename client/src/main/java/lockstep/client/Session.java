package lockstep.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.client.TokensAnswer.AppEntry;
import lockstep.client.TokensAnswer.EnvironmentEntry;

/** What the token opens, as the server told at some time. Immutable. */
record Session(TokensAnswer answer, Freshness freshness) {

  /** An environment and the app that it is in. */
  record Place(AppEntry app, EnvironmentEntry environment) {

    /** For messages. */
    String name() {
      return Refusals.printable(app.app().name() + "/" + environment.info().name());
    }
  }

  Optional<Place> place(UUID environment) {
    for (AppEntry app : answer.apps()) {
      for (EnvironmentEntry entry : app.environments()) {
        if (entry.id().equals(environment)) {
          return Optional.of(new Place(app, entry));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether both know the same keys of this environment. */
  boolean hasSameKeys(Session other, UUID environment) {
    return identityKey(environment).equals(other.identityKey(environment));
  }

  private Optional<String> identityKey(UUID environment) {
    return place(environment).map(place -> place.environment().identityKey());
  }

  /** Whether both know the same keys of everything. */
  boolean hasSameKeys(Session other) {
    return identityKeys().equals(other.identityKeys());
  }

  private Map<UUID, String> identityKeys() {
    Map<UUID, String> keys = new HashMap<>();
    for (AppEntry app : answer.apps()) {
      app.environments().forEach(entry -> keys.put(entry.id(), entry.identityKey()));
    }
    return keys;
  }

  /**
   * The app of this id, or else the only one of this name without regard to case.
   *
   * @throws NotFoundException if there is none, or several have the name
   */
  AppEntry app(String idOrName) {
    return choose("app", idOrName, answer.apps(), a -> a.app().id(), a -> a.app().name());
  }

  /**
   * The environment of this id in the app, or else the one of this name without regard to case.
   *
   * @throws NotFoundException if there is none
   */
  static Place environment(AppEntry app, String idOrName) {
    return new Place(
        app,
        choose(
            "environment", idOrName, app.environments(), e -> e.info().id(), e -> e.info().name()));
  }

  /** Parts of names are not accepted: "prod" must not become "prod-eu" because "prod" is gone. */
  private static <T> T choose(
      String what, String idOrName, List<T> all, Function<T, String> id, Function<T, String> name) {
    List<T> named = new ArrayList<>();
    for (T candidate : all) {
      if (id.apply(candidate).equals(idOrName)) {
        return candidate;
      }
      if (sameName(name.apply(candidate), idOrName)) {
        named.add(candidate);
      }
    }
    if (named.size() == 1) {
      return named.getFirst();
    }
    List<String> candidates =
        (named.isEmpty() ? all : named).stream().map(named.isEmpty() ? name : id).toList();
    throw new NotFoundException(
        named.isEmpty()
            ? "the token opens no %s '%s'; there is %s".formatted(what, idOrName, list(candidates))
            : "several %ss are called '%s'; say which by id: %s"
                .formatted(what, idOrName, list(candidates)),
        candidates);
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "none" : Refusals.printable(String.join(", ", names));
  }

  static boolean sameName(String one, String other) {
    return one.equals(other) || fold(one).equals(fold(other));
  }

  private static String fold(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
