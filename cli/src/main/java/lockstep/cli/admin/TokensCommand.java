package lockstep.cli.admin;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.account.OwnAccount;
import lockstep.cli.account.OwnAccount.Unlocked;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.SecretInput;
import lockstep.crypto.MintedToken;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep tokens}. */
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    description = "Personal access tokens: yours, and those of members you look after.")
public final class TokensCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListTokens.class),
        new Nested("create", Create.class),
        new Nested("delete", Delete.class));
  }

  private static final String OWN = "/v1/tokens/";

  /** Where the tokens of somebody are: of the caller if nobody is named. */
  private static String path(Api api, @Nullable String member) {
    return member == null ? OWN : "/v1/members/" + new Lookup(api).member(member) + "/tokens/";
  }

  @Command(name = "list", description = "List the tokens that work, newest first.")
  static final class ListTokens extends ApiCommand {
    @Option(
        names = "--member",
        paramLabel = "MEMBER",
        description = "Whose tokens: e-mail address or id; yours if not given.")
    private @Nullable String member;

    @Override
    protected void run(Api api) {
      printRows(api.get(path(api, member)), "name", "createdAt", "expiresAt", "lastUsedAt", "id");
    }
  }

  @Command(
      name = "create",
      description = {
        "Create a token of your own; it is shown this once.",
        "",
        "It is made on this machine, of your keys, which your password opens. The password is",
        "asked for on a terminal, or read from standard input, and stays here.",
        ""
      })
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the token, such as 'laptop'.")
    private String name = "";

    @Option(
        names = "--expires-in",
        paramLabel = "SECONDS",
        description = "How long it works; for ever if not given.")
    private @Nullable Long expiresIn;

    @Option(
        names = "--password-file",
        paramLabel = "FILE",
        description = "File whose first line is your password.")
    private @Nullable Path passwordFile;

    @Override
    protected void run(Api api) {
      OwnAccount account = OwnAccount.of(api);
      String password = SecretInput.ofProcess().ask("password", Optional.ofNullable(passwordFile));
      try (Unlocked unlocked = account.unlock(api, password);
          X25519KeyPair pair = unlocked.keys().x25519()) {
        MintedToken minted = Token.mint(Token.Kind.USER, pair);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        if (expiresIn != null) {
          body.put("expires_in", expiresIn);
        }
        // The wrap key and the other share of the private key stay here.
        body.put("bearer", minted.token().bearer().hex());
        body.put("identityKey", minted.identityKey());
        body.put("wrappedKeyShare", minted.wrappedKeyShare());
        if (!(api.post(OWN, body) instanceof ObjectNode created)) {
          throw new CommandException("what answers there is no Lockstep server (no token in JSON)");
        }
        created.put("token", minted.token().text());
        created.put("bearerToken", minted.token().bearerHeaderValue());
        printFields(created, "id", "name", "expiresAt", "token", "bearerToken");
      }
    }
  }

  @Command(name = "delete", description = "Delete a token; it stops working with the next request.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "TOKEN", description = "Id of the token.")
    private String token = "";

    @Option(
        names = "--member",
        paramLabel = "MEMBER",
        description = "Whose token: e-mail address or id; yours if not given.")
    private @Nullable String member;

    @Override
    protected void run(Api api) {
      printDone(
          api.delete(path(api, member) + Lookup.encoded(token) + "/"), "The token was deleted.");
    }
  }
}
