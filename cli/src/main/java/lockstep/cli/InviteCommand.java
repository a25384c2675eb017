package lockstep.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import lockstep.cli.account.NewPassword;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.Connection;
import lockstep.cli.api.PlainHttp;
import lockstep.cli.api.Profiles;
import lockstep.cli.api.SecretInput;
import lockstep.crypto.AccountKeys;
import lockstep.crypto.DeviceKey;
import lockstep.crypto.MintedToken;
import lockstep.crypto.Mnemonic;
import lockstep.crypto.PasswordAuthentication;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code lockstep invite}: for those who were invited. */
@Command(
    name = "invite",
    mixinStandardHelpOptions = true,
    description = "Accept an invitation that you got.")
final class InviteCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(new Nested("accept", Accept.class));
  }

  /** Makes the invitee's keys here, so that the server sees public and wrapped ones only. */
  @Command(
      name = "accept",
      mixinStandardHelpOptions = true,
      description = {
        "Become a member of the organisation that invited you.",
        "",
        "Your password is asked for on a terminal, or read from standard input. It stays here,",
        "like your keys. Takes some seconds and 1 GiB of memory.",
        ""
      })
  static final class Accept implements Callable<Integer> {

    /** From this status on, a server may have done what it was asked all the same. */
    private static final int SERVER_FAULT = 500;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "LINK",
        description = {
          "Link of the invitation. If not given it is asked for, before the password:",
          "other users of this machine may see command lines."
        })
    private @Nullable String link;

    @Option(
        names = "--password-file",
        paramLabel = "FILE",
        description = "File whose first line is the password.")
    private @Nullable Path passwordFile;

    @Option(
        names = "--generate-password",
        description = "Make a strong password and print it once.")
    private boolean generate;

    @Option(names = "--name", paramLabel = "FULL_NAME", description = "Your name.")
    private @Nullable String fullName;

    @Option(
        names = "--profile",
        paramLabel = "NAME",
        defaultValue = Profiles.DEFAULT,
        description = "Name to remember server and token under, '${DEFAULT-VALUE}' by default.")
    private String profile = Profiles.DEFAULT;

    @Option(names = "--no-store", description = "Only print the token, do not remember it.")
    private boolean noStore;

    @Mixin private final PlainHttp plainHttp = new PlainHttp();

    @Override
    public Integer call() {
      SecretInput input = SecretInput.ofProcess();
      InviteLink invite =
          InviteLink.parse(link == null ? input.ask("link", Optional.empty()) : link);
      String path = "/v1/invites/" + invite.id() + "/";
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      try (Api api = new Api(Connection.anonymous(invite.address()), plainHttp.isAllowed())) {
        JsonNode open = api.get(path + "?code=" + invite.code());
        String email = Api.text(open, "/inviteeEmail");
        NewPassword chosen =
            NewPassword.choose("password", generate, Optional.ofNullable(passwordFile), input);
        String password = chosen.text();
        Mnemonic mnemonic = Mnemonic.generate();
        try (AccountKeys keys = AccountKeys.derive(mnemonic, Api.text(open, "/organisation/id"));
            X25519KeyPair pair = keys.x25519();
            DeviceKey device = DeviceKey.derive(password, email)) {
          MintedToken token = Token.mint(Token.Kind.USER, pair);
          Map<String, Object> body = new LinkedHashMap<>();
          body.put("code", invite.code());
          body.put("email", email);
          body.put("authHash", PasswordAuthentication.authHash(password, email));
          body.put("identityKey", keys.identityKey().hex());
          body.put("wrappedKeyring", device.wrapKeyring(keys));
          body.put("wrappedRecovery", device.wrapRecovery(mnemonic));
          if (fullName != null) {
            body.put("fullName", fullName);
          }
          body.put("token", tokenBody(token));
          show(out, chosen, mnemonic, token);
          JsonNode member = accept(api, path, body);
          out.println(
              "\nAccepted: you are a member of "
                  + member.path("organisation").path("name").asString("")
                  + ".");
          out.flush();
          store(out, invite.address(), token);
        }
      }
      return 0;
    }

    /** The wrap key and the other share of the private key stay here. */
    private static Map<String, Object> tokenBody(MintedToken token) {
      return Map.of(
          "name", "command line",
          "bearer", token.token().bearer().hex(),
          "identityKey", token.identityKey(),
          "wrappedKeyShare", token.wrappedKeyShare());
    }

    /** Before it is sent: should the answer get lost, the account may exist all the same. */
    private static void show(
        PrintWriter out, NewPassword password, Mnemonic mnemonic, MintedToken token) {
      out.println("Shown once. Keep all of it where nobody else finds it:\n");
      if (password.isGenerated()) {
        out.println("  Password         " + password.text());
      }
      out.println("  Recovery phrase  " + mnemonic.phrase());
      out.println("  Token            " + token.token().text());
      out.flush();
    }

    private static JsonNode accept(Api api, String path, Map<String, Object> body) {
      try {
        return api.post(path + "accept/", body);
      } catch (CommandException e) {
        int status = e.status().orElse(SERVER_FAULT);
        throw new CommandException(
            status < SERVER_FAULT
                ? "the invitation was not accepted, and what is shown is worth nothing: "
                    + e.getMessage()
                : "nobody knows whether the invitation was accepted; it was if 'lockstep login'"
                    + " takes the token that is shown: "
                    + e.getMessage(),
            e);
      }
    }

    private void store(PrintWriter out, String address, MintedToken token) {
      if (!noStore) {
        out.println(
            "\nStored as profile '"
                + profile
                + "' in "
                + new Profiles(System.getenv()).store(profile, address, token.token().text()));
        out.flush();
      }
    }
  }
}
