package lockstep.cli.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.Clients;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.Printable;
import lockstep.client.EnvironmentKeyGrants;
import lockstep.client.LockstepClient;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.X25519PublicKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code lockstep apps}. */
@Command(
    name = "apps",
    mixinStandardHelpOptions = true,
    description = "Apps, and whether the server can open their secrets.")
public final class AppsCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListApps.class),
        new Nested("create", Create.class),
        new Nested("delete", Delete.class),
        new Nested("encryption", Encryption.class),
        new Nested("grant", Grant.class));
  }

  private static final String END_TO_END = "/v1/end-to-end/apps/";
  private static final List<String> STANDARD = List.of("Development", "Staging", "Production");
  private static final String SERVER = "server";
  private static final String CLIENTS = "end-to-end";

  /** Whether the server cannot open the app. */
  static boolean isEndToEnd(Api api, String app) {
    for (JsonNode row : api.get("/v1/apps/").path("data")) {
      if (row.path("id").asString("").equals(app)) {
        return !row.path("sseEnabled").asBoolean(true);
      }
    }
    return false;
  }

  @Command(name = "list", description = "List the apps that you have access to.")
  static final class ListApps extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(api.get("/v1/apps/"), "name", "description", "sseEnabled", "id");
    }
  }

  @Command(
      name = "create",
      description = {
        "Create an app with its environments.",
        "",
        "With --end-to-end the keys are made on this machine, and wrapped for every Owner and",
        "Admin and for you. The server cannot open the secrets, and nobody can if all of you",
        "lose your keys.",
        ""
      })
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the app.")
    private String name = "";

    @Option(names = "--end-to-end", description = "Give the server no key of it.")
    private boolean endToEnd;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is.")
    private @Nullable String description;

    @Option(
        names = "--environments",
        paramLabel = "NAME",
        split = ",",
        description = "Its environments; Development, Staging and Production if not given.")
    private @Nullable List<String> environments;

    @Override
    protected void run(Api api) {
      JsonNode created =
          endToEnd
              ? EndToEndKeys.retrying(() -> api.post(END_TO_END, bodyWithKeys(api)))
              : api.post("/v1/apps/", body(environments));
      if (wantsJson()) {
        printFields(created);
      } else {
        printFields(created, "id", "name", "sseEnabled");
        printRows(created.path("environments"), "name", "envType", "id");
      }
    }

    private Map<String, Object> bodyWithKeys(Api api) {
      JsonNode recipients = EndToEndKeys.recipients(api, "");
      return body(
          Objects.requireNonNullElse(environments, STANDARD).stream()
              .map(environment -> EndToEndKeys.environment(environment, recipients))
              .toList());
    }

    private Map<String, Object> body(@Nullable Object environmentsOfBody) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      if (description != null) {
        body.put("description", description);
      }
      if (environmentsOfBody != null) {
        body.put("environments", environmentsOfBody);
      }
      return body;
    }
  }

  @Command(name = "delete", description = "Delete an app with all its secrets, for good.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "APP", description = "Name or id of the app.")
    private String app = "";

    @Override
    protected void run(Api api) {
      String id = new Lookup(api).app(app);
      String path = isEndToEnd(api, id) ? END_TO_END : "/v1/apps/";
      printDone(api.delete(path + Lookup.encoded(id) + "/"), "The app was deleted.");
    }
  }

  @Command(
      name = "encryption",
      description = {
        "Tell or change whether the server can open the secrets of an app.",
        "",
        "'server' hands the keys of all its environments to the server, 'end-to-end' has the",
        "server erase them. What the server has answered or backed up before stays readable.",
        ""
      })
  static final class Encryption extends ApiCommand {
    @Parameters(index = "0", paramLabel = "APP", description = "Name or id of the app.")
    private String app = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "MODE",
        description = "'server' or 'end-to-end'; without it, the present mode is told.")
    private @Nullable String mode;

    @Override
    protected void run(Api api) {
      String id = new Lookup(api).app(app);
      String path = END_TO_END + Lookup.encoded(id) + "/encryption/";
      JsonNode present = api.get(path);
      if (mode == null) {
        print(present);
        return;
      }
      boolean wantsServer =
          switch (mode) {
            case SERVER -> true;
            case CLIENTS -> false;
            default -> throw new CommandException("an app is encrypted 'server' or 'end-to-end'");
          };
      if (present.path("sseEnabled").asBoolean(false) == wantsServer) {
        print(present);
        return;
      }
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("sseEnabled", wantsServer);
      if (wantsServer) {
        body.put("environments", keysForServer(id, present));
      }
      print(api.put(path, body));
    }

    private List<Map<String, Object>> keysForServer(String app, JsonNode present) {
      X25519PublicKey server = X25519PublicKey.parse(present.path("serverPublicKey").asString(""));
      List<Map<String, Object>> wrapped = new ArrayList<>();
      try (LockstepClient client = client(this)) {
        for (JsonNode environment : present.path("environments")) {
          String id = environment.path("id").asString("");
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("id", id);
          EndToEndKeys.put(entry, client.environment(app, id).keyGrants().wrapFor(server));
          wrapped.add(entry);
        }
      }
      return wrapped;
    }

    private void print(JsonNode encryption) {
      if (wantsJson()) {
        printFields(encryption);
        return;
      }
      out()
          .println(
              encryption.path("sseEnabled").asBoolean(false)
                  ? "server: the server can open the secrets"
                  : "end-to-end: the server cannot open the secrets");
    }
  }

  @Command(
      name = "grant",
      description = {
        "Give somebody the keys of an environment that the server cannot open.",
        "",
        "Prints the public key for which they were wrapped. Compare it with what 'lockstep",
        "account show' prints at the other end, if you do not want to trust the server with it.",
        ""
      })
  static final class Grant extends ApiCommand {
    @Parameters(index = "0", paramLabel = "APP", description = "Name or id of the app.")
    private String app = "";

    @Parameters(
        index = "1",
        paramLabel = "ENVIRONMENT",
        description = "Name or id of the environment.")
    private String environment = "";

    @ArgGroup(multiplicity = "1")
    private Account account = new Account();

    private static final class Account {
      @Option(names = "--member", paramLabel = "EMAIL", description = "A member.")
      private @Nullable String member;

      @Option(names = "--service-account", paramLabel = "NAME", description = "A service account.")
      private @Nullable String serviceAccount;
    }

    @Override
    protected void run(Api api) {
      Lookup lookup = new Lookup(api);
      String id =
          account.member != null
              ? lookup.member(account.member)
              : lookup.serviceAccount(String.valueOf(account.serviceAccount));
      String appId = lookup.app(app);
      if (!isEndToEnd(api, appId)) {
        throw new CommandException(
            "the server can open this app; give access to it with 'lockstep members access' or"
                + " 'lockstep service-accounts access'");
      }
      try (LockstepClient client = client(this)) {
        var opened = client.environment(appId, environment);
        String path = "/v1/end-to-end/environments/" + Lookup.encoded(opened.info().id());
        JsonNode recipient = recipient(api.get(path + "/recipients/"), id);
        String identity = recipient.path("identityKey").asString("");
        EnvironmentKeyGrants grants = opened.keyGrants();
        // Asked for before the keys are wrapped: what is fetched in between must not vouch for
        // them.
        String keys = grants.environmentIdentityKey();
        JsonNode answer =
            api.post(
                path + "/keys/",
                Map.of("keys", List.of(key(grants, id, identity)), "identityKey", keys));
        printDone(
            answer,
            "%s has the keys of %s/%s, wrapped for %s"
                .formatted(
                    Printable.of(
                        recipient.path("email").asString(recipient.path("name").asString(id))),
                    opened.app().name(),
                    opened.info().name(),
                    Printable.of(identity)));
      }
    }

    private static Map<String, Object> key(
        EnvironmentKeyGrants grants, String account, String identity) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("accountId", account);
      EndToEndKeys.put(entry, grants.wrapFor(IdentityKey.parse(identity)));
      return entry;
    }

    private static JsonNode recipient(JsonNode recipients, String account) {
      for (JsonNode row : recipients.path("data")) {
        if (row.path("accountId").asString("").equals(account)) {
          return row;
        }
      }
      throw new CommandException(
          "this account cannot get keys yet: it has not signed in, or may not open the app");
    }
  }

  private static LockstepClient client(ApiCommand command) {
    return Clients.open(command.server(), Optional.empty());
  }
}
