package lockstep.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.NewSecret;
import tools.jackson.databind.JsonNode;

/**
 * Fills an empty server with what the cases read and write, over its API. The texts are the same in
 * each run.
 */
final class Contents {

  static final int HUNDRED = 100;
  static final int LARGE = 5000;

  private static final String APP = "bench";
  private static final String SEALED_APP = "bench-end-to-end";
  private static final int VALUE_CHARACTERS = 40;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  // Each secret is written with so many values in turn, and in a mix every so many-th request is.
  private static final int VALUES = 10;
  private static final int MIX = 20;

  private final String bearerToken;
  private final String appId;
  private final Case hundred;
  private final List<Case> cases;

  private Contents(String bearerToken, String appId, Case hundred, List<Case> cases) {
    this.bearerToken = bearerToken;
    this.appId = appId;
    this.hundred = hundred;
    this.cases = cases;
  }

  /**
   * @param home where the launcher is, for the command that makes an app with keys of its own
   * @param server that was started for the first time
   */
  static Contents create(Running running, Path home, LockstepServer server)
      throws IOException, InterruptedException {
    JsonNode bootstrap = server.bootstrap();
    String bearerToken = bootstrap.path("bearerToken").asString();
    try (Api api = new Api(server.address(), bearerToken)) {
      String appId = createApp(api);
      Case hundred =
          new Case("100 secrets", Request.get(secretsPath(appId, "hundred"), api.headers()));
      List<Case> cases = new ArrayList<>(List.of(hundred));
      cases.addAll(reads(api, appId));
      Request sealed = sealed(running, home, api, bootstrap.path("token").asString());
      cases.add(new Case("100 end-to-end rows", sealed));
      addIfUnchanged(cases, api, hundred.requests().getFirst());
      cases.add(new Case("write 1 of 100", writes(api, secretsPath(appId, "written"))));
      cases.add(new Case("95 % read 100, 5 % write 1", mix(api, secretsPath(appId, "mixed"))));
      return new Contents(bearerToken, appId, hundred, cases);
    }
  }

  private static String createApp(Api api) throws IOException, InterruptedException {
    List<String> environments = List.of("hundred", "one", "base", "references", "written", "mixed");
    String appId =
        api.post("/v1/apps/", Map.of("name", APP, "environments", environments))
            .path("id")
            .asString();
    fill(api, appId, "hundred", HUNDRED);
    fill(api, appId, "one", 1);
    fill(api, appId, "base", HUNDRED);
    api.createSecrets(secretsPath(appId, "references"), secrets(HUNDRED, Contents::reference));
    return appId;
  }

  private static List<Case> reads(Api api, String appId) {
    Map<String, String> headers = api.headers();
    return List.of(
        new Case(
            "1 of 100 by name",
            Request.get(secretsPath(appId, "hundred") + "&key=" + key(42), headers)),
        new Case("1 secret", Request.get(secretsPath(appId, "one"), headers)),
        new Case("100 with references", Request.get(secretsPath(appId, "references"), headers)));
  }

  /** Asks again with the tag of the answer, if the server gives one. */
  private static void addIfUnchanged(List<Case> cases, Api api, Request request)
      throws IOException, InterruptedException {
    Optional<String> tag = api.send(request).headers().firstValue("ETag");
    if (tag.isPresent()) {
      Request again = request.with("If-None-Match", tag.get());
      cases.add(new Case("100 secrets, unchanged (304)", 304, List.of(again)));
    }
  }

  private static List<Request> writes(Api api, String path)
      throws IOException, InterruptedException {
    List<String> ids = createWritten(api, path);
    return IntStream.range(0, HUNDRED * VALUES)
        .mapToObj(i -> write(api, path, ids.get(i % HUNDRED), i))
        .toList();
  }

  private static List<Request> mix(Api api, String path) throws IOException, InterruptedException {
    List<String> ids = createWritten(api, path);
    Request read = Request.get(path, api.headers());
    // The first one is a read: its answer is what nginx serves.
    return IntStream.range(0, HUNDRED * VALUES)
        .mapToObj(i -> i % MIX == MIX - 1 ? write(api, path, ids.get(i / MIX % HUNDRED), i) : read)
        .toList();
  }

  private static List<String> createWritten(Api api, String path)
      throws IOException, InterruptedException {
    api.createSecrets(path, secrets(HUNDRED, Contents::value));
    List<String> ids = new ArrayList<>();
    api.get(path).forEach(secret -> ids.add(secret.path("id").asString()));
    return ids;
  }

  private static Request write(Api api, String path, String id, int turn) {
    Map<String, String> change = Map.of("id", id, "value", value(turn + 7919));
    return new Request(
        "PUT",
        path,
        api.headers(),
        Api.JSON.writeValueAsString(Map.of("secrets", List.of(change))));
  }

  /** Writes as a client that encrypts, into an app that the server cannot open. */
  private static Request sealed(Running running, Path home, Api api, String token)
      throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder(
            home.resolve("lockstep").toString(), "apps", "create", SEALED_APP, "--end-to-end");
    LockstepServer.clean(command.environment());
    command.environment().put("LOCKSTEP_ADDRESS", api.address());
    command.environment().put("LOCKSTEP_TOKEN", token);
    command.redirectErrorStream(true);
    Process process = running.start(command);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("no end-to-end encrypted app: " + output);
    }
    try (LockstepClient client = LockstepClient.connect(api.address(), token)) {
      Environment environment = client.environment(SEALED_APP, "Development");
      environment.create(
          IntStream.range(0, HUNDRED)
              .mapToObj(i -> NewSecret.of(key(i), value(i)).withComment(comment(i)))
              .toList());
      Map<String, String> headers = new LinkedHashMap<>(api.headers());
      headers.put("Environment", environment.info().id());
      return Request.get("/service/secrets/", headers);
    }
  }

  /** The API of a server on the same database, as its owner. */
  Api api(LockstepServer server) {
    return new Api(server.address(), bearerToken);
  }

  /** Creates an environment beside the others and fills it; tells how to read it. */
  Case large(Api api) throws IOException, InterruptedException {
    api.post("/v1/environments/?app_id=" + appId, Map.of("name", "large"));
    fill(api, appId, "large", LARGE);
    return new Case(
        "%,d secrets".formatted(LARGE), Request.get(secretsPath(appId, "large"), api.headers()));
  }

  /** Puts so many secrets into an environment. */
  static void fill(Api api, String appId, String environment, int count)
      throws IOException, InterruptedException {
    api.createSecrets(secretsPath(appId, environment), secrets(count, Contents::value));
  }

  /** What gives an account access to the environment with 100 secrets. */
  Map<String, Object> accessToHundred(Api api) throws IOException, InterruptedException {
    for (JsonNode environment : api.get("/v1/environments/?app_id=" + appId).path("data")) {
      if (environment.path("name").asString().equals("hundred")) {
        return Map.of("id", appId, "environments", List.of(environment.path("id").asString()));
      }
    }
    throw new IllegalStateException("the environment is gone");
  }

  /** Reading 100 secrets, which all else is compared with. */
  Case hundred() {
    return hundred;
  }

  List<Case> cases() {
    return cases;
  }

  private static String secretsPath(String appId, String environment) {
    return "/v1/secrets/?app_id="
        + appId
        + "&env="
        + URLEncoder.encode(environment, StandardCharsets.UTF_8);
  }

  private static List<Map<String, String>> secrets(int count, Function<Integer, String> value) {
    return IntStream.range(0, count)
        .mapToObj(i -> Map.of("key", key(i), "value", value.apply(i), "comment", comment(i)))
        .toList();
  }

  private static String key(int number) {
    return "SERVICE_%04d_PASSWORD".formatted(number);
  }

  private static String comment(int number) {
    return "rotated by hand, ticket " + number;
  }

  private static String value(int number) {
    SplittableRandom random = new SplittableRandom(number);
    return random
        .ints(VALUE_CHARACTERS, 0, ALPHABET.length())
        .mapToObj(ALPHABET::charAt)
        .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
        .toString();
  }

  /** Half of the values name a neighbour, every tenth one in another environment instead. */
  private static String reference(int number) {
    if (number % 10 == 0) {
      return "${base." + key(number) + "}";
    }
    return number % 2 == 0 ? "${" + key(number + 1) + "}" : value(number);
  }
}
