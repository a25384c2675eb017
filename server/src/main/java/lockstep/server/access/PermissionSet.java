package lockstep.server.access;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a role allows: actions on the kinds of things of the organisation, and of apps. Says nothing
 * about which apps and environments are reached, so not even an owner's set grants access to one.
 *
 * <p>A kind that is not listed grants nothing, and neither does a kind listed without actions; the
 * two are kept apart because roles are shown as they were written. Immutable.
 */
public final class PermissionSet {

  /** Allows nothing. */
  public static final PermissionSet NONE = new PermissionSet(Map.of(), Map.of());

  private final Map<OrganisationResource, Set<Action>> organisation;
  private final Map<AppResource, Set<Action>> app;

  /**
   * Allows these actions and no others.
   *
   * @throws IllegalArgumentException if an action is not valid for the kind it is listed under
   */
  public PermissionSet(
      Map<OrganisationResource, Set<Action>> organisation, Map<AppResource, Set<Action>> app) {
    this.organisation =
        copy(OrganisationResource.class, organisation, OrganisationResource::validActions);
    this.app = copy(AppResource.class, app, AppResource::validActions);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if the text is anything else: a role must never be read as
   *     weaker or stronger than it was written
   */
  public static PermissionSet parse(String json) {
    return PermissionSetJson.parse(json);
  }

  /** The form for the database: compact, and the same text for equal sets. */
  public String toJson() {
    return PermissionSetJson.write(this);
  }

  /** Whether the action on things of the organisation is allowed. */
  public boolean allows(OrganisationResource resource, Action action) {
    return organisation.getOrDefault(resource, Set.of()).contains(action);
  }

  /** Whether the action on things of an app is allowed, in apps that are reached. */
  public boolean allows(AppResource resource, Action action) {
    return app.getOrDefault(resource, Set.of()).contains(action);
  }

  /** The kinds of things of the organisation that are listed, with what is allowed. In order. */
  public Map<OrganisationResource, Set<Action>> organisation() {
    return organisation;
  }

  /** The kinds of things of apps that are listed, with what is allowed. In order. */
  public Map<AppResource, Set<Action>> app() {
    return app;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PermissionSet set
        && organisation.equals(set.organisation)
        && app.equals(set.app);
  }

  @Override
  public int hashCode() {
    return 31 * organisation.hashCode() + app.hashCode();
  }

  @Override
  public String toString() {
    return toJson();
  }

  private static <K extends Enum<K>> Map<K, Set<Action>> copy(
      Class<K> kinds, Map<K, Set<Action>> permissions, Function<K, Set<Action>> validActions) {
    Map<K, Set<Action>> copy = new EnumMap<>(kinds);
    permissions.forEach(
        (kind, actions) -> {
          EnumSet<Action> granted = EnumSet.noneOf(Action.class);
          granted.addAll(actions);
          if (!validActions.apply(kind).containsAll(granted)) {
            throw new IllegalArgumentException(kind + " has no such actions: " + granted);
          }
          copy.put(kind, Collections.unmodifiableSet(granted));
        });
    return Collections.unmodifiableMap(copy);
  }
}
