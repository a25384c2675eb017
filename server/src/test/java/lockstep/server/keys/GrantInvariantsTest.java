package lockstep.server.keys;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes of access over the API, against a model: an account has a key of an environment if
 * and only if it has an individual grant, or is in a team that has the environment in scope.
 */
final class GrantInvariantsTest {

  private static final int OPERATIONS = 75;

  private final TestOrganisation organisation = TestOrganisation.create(Backend.SQLITE.server());
  private final TestCaller owner = organisation.owner();
  private final StoredGrants stored = new StoredGrants(Backend.SQLITE.server(), organisation);
  private final List<TestApp> apps = new ArrayList<>();

  // The model.
  private final Map<UUID, Set<String>> individual = new HashMap<>();
  private final Map<String, Set<UUID>> members = new HashMap<>();
  private final Map<String, Set<String>> scopes = new HashMap<>();

  private final List<UUID> people = new ArrayList<>();
  private final List<UUID> bots = new ArrayList<>();
  private final List<UUID> everybody = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theKeysOfAccountsAreThoseOfTheModel(long seed) {
    Random random = new Random(seed);
    apps.add(organisation.app("one", "a", "b", "c"));
    apps.add(organisation.app("two", "a", "b"));
    for (int i = 0; i < 3; i++) {
      people.add(organisation.member(DefaultRole.DEVELOPER).account());
      bots.add(organisation.serviceAccount(DefaultRole.SERVICE).account());
    }
    everybody.addAll(people);
    everybody.addAll(bots);
    addTeam();
    addTeam();

    for (int i = 0; i < OPERATIONS; i++) {
      String operation = perform(random);

      for (UUID account : everybody) {
        assertThat(new TreeSet<>(stored.environmentsOf(account)))
            .as("step %d of seed %d: %s", i, seed, operation)
            .isEqualTo(expected(account));
      }
      stored.assertEveryKeyHasAGrant();
    }
  }

  private Set<String> expected(UUID account) {
    Set<String> expected = new TreeSet<>(individual.getOrDefault(account, Set.of()));
    members.forEach(
        (team, accounts) -> {
          if (accounts.contains(account)) {
            expected.addAll(scopes.getOrDefault(team, Set.of()));
          }
        });
    return expected;
  }

  private String perform(Random random) {
    int choice = random.nextInt(100);
    if (choice < 30) {
      return replaceIndividual(random);
    } else if (choice < 55) {
      return replaceScope(random);
    } else if (choice < 75) {
      return join(random);
    } else if (choice < 88) {
      return leave(random);
    } else if (choice < 92) {
      return deleteTeam(random);
    } else if (choice < 95) {
      return deleteAccount(random);
    }
    return deleteEnvironment(random);
  }

  private String replaceIndividual(Random random) {
    boolean isPerson = random.nextBoolean();
    List<UUID> accounts = isPerson ? people : bots;
    if (accounts.isEmpty()) {
      return "nothing";
    }
    UUID account = pick(accounts, random);
    Set<String> chosen = new HashSet<>();
    Map<String, Object> body = randomApps(random, chosen);
    String kind = isPerson ? "members" : "service-accounts";
    owner.put("/v1/" + kind + "/" + account + "/access/", body).is(200);
    individual.put(account, chosen);
    return "individual access of " + account + " becomes " + chosen;
  }

  private String replaceScope(Random random) {
    String team = pick(List.copyOf(new TreeSet<>(members.keySet())), random);
    Set<String> chosen = new HashSet<>();
    owner.put("/v1/teams/" + team + "/access/", randomApps(random, chosen)).is(200);
    scopes.put(team, chosen);
    return "scope of " + team + " becomes " + chosen;
  }

  private String join(Random random) {
    String team = pick(List.copyOf(new TreeSet<>(members.keySet())), random);
    UUID account = pick(everybody, random);
    owner
        .post(
            "/v1/teams/" + team + "/members/",
            Map.of("member_type", typeOf(account), "member_ids", List.of(account.toString())))
        .is(200);
    members.computeIfAbsent(team, _ -> new HashSet<>()).add(account);
    return account + " joins " + team;
  }

  private String leave(Random random) {
    String team = pick(List.copyOf(new TreeSet<>(members.keySet())), random);
    UUID account = pick(everybody, random);
    boolean wasIn = members.getOrDefault(team, new HashSet<>()).remove(account);
    owner
        .delete("/v1/teams/%s/members/%s/?member_type=%s".formatted(team, account, typeOf(account)))
        .is(wasIn ? 204 : 404);
    return account + " leaves " + team;
  }

  private String deleteTeam(Random random) {
    String team = pick(List.copyOf(new TreeSet<>(members.keySet())), random);
    owner.delete("/v1/teams/" + team + "/").is(204);
    members.remove(team);
    scopes.remove(team);
    addTeam();
    return team + " is deleted";
  }

  private String deleteAccount(Random random) {
    UUID account = pick(everybody, random);
    boolean isPerson = people.contains(account);
    owner
        .delete("/v1/" + (isPerson ? "members" : "service-accounts") + "/" + account + "/")
        .is(204);
    individual.remove(account);
    members.values().forEach(accounts -> accounts.remove(account));
    (isPerson ? people : bots).remove(account);
    assertThat(stored.environmentsOf(account)).isEmpty();
    UUID replacement =
        isPerson
            ? organisation.member(DefaultRole.DEVELOPER).account()
            : organisation.serviceAccount(DefaultRole.SERVICE).account();
    (isPerson ? people : bots).add(replacement);
    everybody.remove(account);
    everybody.add(replacement);
    return account + " is deleted";
  }

  private String deleteEnvironment(Random random) {
    TestApp app = pick(apps, random);
    if (app.environments().size() < 2) {
      return "nothing";
    }
    String name = pick(List.copyOf(app.environments().keySet()), random);
    String environment = app.environment(name);
    owner.delete("/v1/environments/" + environment + "/").is(204);
    app.environments().remove(name);
    individual.values().forEach(environments -> environments.remove(environment));
    scopes.values().forEach(environments -> environments.remove(environment));
    return environment + " is deleted";
  }

  private void addTeam() {
    String team = owner.post("/v1/teams/", Map.of("name", "team")).is(201).id();
    members.put(team, new HashSet<>());
    scopes.put(team, new HashSet<>());
  }

  private Map<String, Object> randomApps(Random random, Set<String> chosen) {
    List<Object> entries = new ArrayList<>();
    for (TestApp app : apps) {
      List<String> environments = new ArrayList<>();
      for (String environment : app.environments().values()) {
        if (random.nextInt(3) == 0) {
          environments.add(environment);
        }
      }
      if (!environments.isEmpty()) {
        entries.add(object("id", app.id(), "environments", environments));
        chosen.addAll(environments);
      }
    }
    return object("apps", entries);
  }

  private String typeOf(UUID account) {
    return people.contains(account) ? "user" : "service_account";
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
