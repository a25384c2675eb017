package lockstep.cli.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code lockstep policies}. */
@Command(
    name = "policies",
    mixinStandardHelpOptions = true,
    description = "Network policies: from which addresses accounts may call.")
public final class PoliciesCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListPolicies.class),
        new Nested("show", Show.class),
        new Nested("create", Create.class),
        new Nested("update", Update.class),
        new Nested("delete", Delete.class),
        new Nested("attach", Attach.class),
        new Nested("detach", Detach.class));
  }

  private static final String PATH = "/v1/network-policies/";
  private static final String[] COLUMNS = {"name", "allowedIps", "isGlobal", "id"};
  private static final String[] FIELDS = {
    "id", "name", "allowedIps", "isGlobal", "createdAt", "updatedAt"
  };

  private static String path(Api api, String policy) {
    return PATH + new Lookup(api).policy(policy) + "/";
  }

  private static String pathOfMember(Api api, String member) {
    return "/v1/members/" + new Lookup(api).member(member) + "/network-policies/";
  }

  private static String pathOfServiceAccount(Api api, String account) {
    return "/v1/service-accounts/" + new Lookup(api).serviceAccount(account) + "/network-policies/";
  }

  @Command(name = "list", description = "List all policies, or those of one account.")
  static final class ListPolicies extends ApiCommand {
    @Option(
        names = "--member",
        paramLabel = "MEMBER",
        description = "Only those attached to this member: e-mail address or id.")
    private @Nullable String member;

    @Option(
        names = "--service-account",
        paramLabel = "ACCOUNT",
        description = "Only those attached to this service account: name or id.")
    private @Nullable String serviceAccount;

    @Override
    protected void run(Api api) {
      if (member != null && serviceAccount != null) {
        throw new CommandException("--member and --service-account exclude each other");
      }
      String path =
          member != null
              ? pathOfMember(api, member)
              : serviceAccount != null ? pathOfServiceAccount(api, serviceAccount) : PATH;
      printRows(api.get(path), COLUMNS);
    }
  }

  @Command(name = "show", description = "Show one policy.")
  static final class Show extends ApiCommand {
    @Parameters(paramLabel = "POLICY", description = "Name or id.")
    private String policy = "";

    @Override
    protected void run(Api api) {
      printFields(api.get(path(api, policy)), FIELDS);
    }
  }

  /** A change that the server refuses if it would lock the caller out. */
  abstract static class Change extends ApiCommand {
    @Option(
        names = "--force",
        description = "Make the change even if it locks you out from where you are.")
    protected boolean force;

    /** Adds to a refusal how this command says what the server asks for. */
    final JsonNode guarded(Supplier<JsonNode> change) {
      try {
        return change.get();
      } catch (CommandException e) {
        if (e.status().orElse(0) == 409
            && !force
            && String.valueOf(e.getMessage()).contains("'force'")) {
          throw new CommandException(e.getMessage() + " Here: --force", e);
        }
        throw e;
      }
    }

    final void putForce(Map<String, Object> body) {
      if (force) {
        body.put("force", true);
      }
    }
  }

  @Command(
      name = "create",
      description = {
        "Create a policy.",
        "",
        "Example: lockstep policies create office --allow 203.0.113.0/24,2001:db8::/32"
      })
  static final class Create extends Change {
    @Parameters(paramLabel = "NAME", description = "Name of the policy.")
    private String name = "";

    @Option(
        names = "--allow",
        required = true,
        split = ",",
        paramLabel = "ADDRESS",
        description = "Addresses and CIDR ranges from which calls are let in.")
    private List<String> allow = List.of();

    @Option(
        names = "--global",
        description = "It holds for all accounts without a policy of their own.")
    private boolean global;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("allowed_ips", allow);
      body.put("is_global", global);
      putForce(body);
      printFields(guarded(() -> api.post(PATH, body)), FIELDS);
    }
  }

  @Command(name = "update", description = "Change a policy; what is not given stays.")
  static final class Update extends Change {
    @Parameters(paramLabel = "POLICY", description = "Name or id.")
    private String policy = "";

    @Option(names = "--name", paramLabel = "NAME", description = "New name.")
    private @Nullable String name;

    @Option(
        names = "--allow",
        split = ",",
        paramLabel = "ADDRESS",
        description = "All addresses and CIDR ranges that shall be let in.")
    private @Nullable List<String> allow;

    @Option(
        names = "--global",
        negatable = true,
        description = "Whether it holds for all accounts without a policy of their own.")
    private @Nullable Boolean global;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      if (name != null) {
        body.put("name", name);
      }
      if (allow != null) {
        body.put("allowed_ips", allow);
      }
      if (global != null) {
        body.put("is_global", global);
      }
      putForce(body);
      String path = path(api, policy);
      printFields(guarded(() -> api.put(path, body)), FIELDS);
    }
  }

  @Command(name = "delete", description = "Delete a policy; it holds for nobody any more.")
  static final class Delete extends Change {
    @Parameters(paramLabel = "POLICY", description = "Name or id.")
    private String policy = "";

    @Override
    protected void run(Api api) {
      String path = path(api, policy) + (force ? "?force=true" : "");
      printDone(guarded(() -> api.delete(path)), "The policy " + policy + " was deleted.");
    }
  }

  /** The server keeps the whole list of an account; people add and take away. */
  abstract static class Attachment extends Change {
    @Parameters(index = "0", paramLabel = "POLICY", description = "Name or id.")
    protected String policy = "";

    @Parameters(index = "1", paramLabel = "ACCOUNT", description = "E-mail address, name or id.")
    protected String account = "";

    @Option(
        names = "--service-account",
        description = "The account is a service account, not a person.")
    private boolean serviceAccount;

    @Override
    protected final void run(Api api) {
      String path =
          serviceAccount ? pathOfServiceAccount(api, account) : pathOfMember(api, account);
      Set<String> ids = new LinkedHashSet<>();
      api.get(path).path("data").forEach(one -> ids.add(one.path("id").asString("")));
      change(ids, new Lookup(api).policy(policy));
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("policy_ids", new ArrayList<>(ids));
      putForce(body);
      printRows(guarded(() -> api.put(path, body)), COLUMNS);
    }

    abstract void change(Set<String> ids, String id);
  }

  @Command(
      name = "attach",
      description = "Attach a policy to an account, and show all that the account has then.")
  static final class Attach extends Attachment {
    @Override
    void change(Set<String> ids, String id) {
      ids.add(id);
    }
  }

  @Command(
      name = "detach",
      description = "Detach a policy from an account, and show all that the account has left.")
  static final class Detach extends Attachment {
    @Override
    void change(Set<String> ids, String id) {
      if (!ids.remove(id)) {
        throw new CommandException("'" + policy + "' is not attached to " + account);
      }
    }
  }
}
