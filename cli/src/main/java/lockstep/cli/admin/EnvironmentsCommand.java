package lockstep.cli.admin;

import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.secrets.PastEnvironmentCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep environments}. */
@Command(
    name = "environments",
    mixinStandardHelpOptions = true,
    description = "Environments of an app.")
public final class EnvironmentsCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListEnvironments.class),
        new Nested("create", Create.class),
        new Nested("delete", Delete.class),
        new Nested("rotate-keys", RotateKeys.class),
        new Nested("history", PastEnvironmentCommand.AtTime.class),
        new Nested("diff", PastEnvironmentCommand.Difference.class),
        new Nested("rollback", PastEnvironmentCommand.Rollback.class));
  }

  /** Works for apps of either kind, whose routes differ. */
  abstract static class OfApp extends ApiCommand {
    @Option(
        names = "--app",
        required = true,
        paramLabel = "APP",
        description = "Name or id of the app.")
    private String app = "";

    @Override
    protected final void run(Api api) {
      String id = new Lookup(api).app(app);
      boolean isEndToEnd = AppsCommand.isEndToEnd(api, id);
      run(api, id, isEndToEnd ? "/v1/end-to-end/environments/" : "/v1/environments/", isEndToEnd);
    }

    abstract void run(Api api, String appId, String path, boolean isEndToEnd);

    static String query(String appId) {
      return "?app_id=" + Lookup.encoded(appId);
    }
  }

  @Command(name = "list", description = "List the environments that you have access to.")
  static final class ListEnvironments extends OfApp {
    @Override
    void run(Api api, String appId, String path, boolean isEndToEnd) {
      printRows(api.get(path + query(appId)), "name", "envType", "updatedAt", "id");
    }
  }

  @Command(
      name = "create",
      description =
          "Create an environment. The keys of one that the server cannot open are made here.")
  static final class Create extends OfApp {
    @Parameters(paramLabel = "NAME", description = "Name of the environment.")
    private String name = "";

    @Override
    void run(Api api, String appId, String path, boolean isEndToEnd) {
      printFields(
          isEndToEnd
              ? EndToEndKeys.retrying(
                  () ->
                      api.post(
                          path + query(appId),
                          EndToEndKeys.environment(
                              name, EndToEndKeys.recipients(api, query(appId)))))
              : api.post(path + query(appId), Map.of("name", name)),
          "id",
          "name",
          "envType");
    }
  }

  @Command(name = "delete", description = "Delete an environment with its secrets, for good.")
  static final class Delete extends OfApp {
    @Parameters(paramLabel = "ENVIRONMENT", description = "Name or id of the environment.")
    private String environment = "";

    @Override
    void run(Api api, String appId, String path, boolean isEndToEnd) {
      String id = new Lookup(api).environmentIn(path + query(appId), environment);
      printDone(api.delete(path + Lookup.encoded(id) + "/"), "The environment was deleted.");
    }
  }

  @Command(
      name = "rotate-keys",
      description = {
        "Give an environment new keys, as when its seed may be known.",
        "",
        "All secrets and their histories are encrypted anew, and everybody who has access gets",
        "the new keys. Names, values and tokens stay what they are. If the server cannot open the",
        "app, this machine does it, and begins again when somebody changes secrets meanwhile.",
        ""
      })
  static final class RotateKeys extends OfApp {
    @Parameters(paramLabel = "ENVIRONMENT", description = "Name or id of the environment.")
    private String environment = "";

    @Override
    void run(Api api, String appId, String path, boolean isEndToEnd) {
      String id = new Lookup(api).environmentIn(path + query(appId), environment);
      printFields(
          isEndToEnd
              ? new EndToEndRotation(api, server(), appId, id).perform()
              : api.post("/v1/environments/" + Lookup.encoded(id) + "/rotate-keys/", Map.of()),
          "identityKey",
          "secrets",
          "versions",
          "overrides",
          "accounts",
          "unreadable");
    }
  }
}
