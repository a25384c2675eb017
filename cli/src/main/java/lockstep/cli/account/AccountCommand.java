package lockstep.cli.account;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import lockstep.cli.account.OwnAccount.Unlocked;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.SecretInput;
import lockstep.crypto.AccountKeys;
import lockstep.crypto.DeviceKey;
import lockstep.crypto.PasswordAuthentication;
import lockstep.crypto.RecoveryProof;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep account}. */
@Command(
    name = "account",
    mixinStandardHelpOptions = true,
    description = "Your own account: who you are, your password.")
public final class AccountCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("show", Show.class),
        new Nested("password", Password.class),
        new Nested("recover", Recover.class));
  }

  @Command(name = "show", description = "Show whose token is used, and in which organisation.")
  static final class Show extends ApiCommand {
    @Override
    protected void run(Api api) {
      printFields(
          api.get("/v1/account/"),
          "id",
          "email",
          "fullName",
          "role.name",
          "organisation.name",
          "organisation.id",
          "identityKey");
    }
  }

  /** Puts another password in the place of the present one; the keys stay the same. */
  abstract static class Renewal extends ApiCommand {
    @Option(
        names = "--new-password-file",
        paramLabel = "FILE",
        description = "File whose first line is the new password.")
    private @Nullable Path newPasswordFile;

    @Option(
        names = "--generate-password",
        description = "Make a strong new password and print it once.")
    private boolean generate;

    final NewPassword newPassword(SecretInput input) {
      return NewPassword.choose(
          "new password", generate, Optional.ofNullable(newPasswordFile), input);
    }

    /** Wraps keyring and phrase under the new password, and has the server keep them. */
    final void renew(
        Api api,
        String path,
        Function<Renewed, Map<String, Object>> proof,
        String email,
        Unlocked unlocked,
        NewPassword password) {
      Renewed renewed;
      try (DeviceKey device = DeviceKey.derive(password.text(), email)) {
        renewed =
            new Renewed(
                PasswordAuthentication.authHash(password.text(), email),
                device.wrapKeyring(unlocked.keys()),
                device.wrapRecovery(unlocked.recovery()));
      }
      Map<String, Object> body = new LinkedHashMap<>(proof.apply(renewed));
      body.put("newAuthHash", renewed.authHash());
      body.put("wrappedKeyring", renewed.wrappedKeyring());
      body.put("wrappedRecovery", renewed.wrappedRecovery());
      show(password);
      printDone(api.put(path, body), "Your password was changed. Your tokens stay as they are.");
    }

    /** What the server is to keep instead of what it has. */
    record Renewed(String authHash, String wrappedKeyring, String wrappedRecovery) {

      @Override
      public String toString() {
        return "Renewed[not shown]";
      }
    }

    /** Before it is sent: should the answer get lost, the password may be in force. */
    private void show(NewPassword password) {
      if (!password.isGenerated()) {
        return;
      }
      JsonNode shown = JsonMapper.shared().valueToTree(Map.of("newPassword", password.text()));
      if (!wantsJson()) {
        out().println("Shown once. Keep it where nobody else finds it:\n");
      }
      printFields(shown, "newPassword");
      if (!wantsJson()) {
        out().println();
      }
      out().flush();
    }
  }

  @Command(
      name = "password",
      description = {
        "Change your password.",
        "",
        "Asks for the present one and the new one on a terminal, or reads them from standard",
        "input, a line each. Both stay here: keyring and recovery phrase are encrypted anew on",
        "this machine. Your keys, your recovery phrase and your tokens stay as they are.",
        ""
      })
  static final class Password extends Renewal {
    @Option(
        names = "--password-file",
        paramLabel = "FILE",
        description = "File whose first line is the present password.")
    private @Nullable Path passwordFile;

    @Override
    protected void run(Api api) {
      OwnAccount account = OwnAccount.of(api);
      SecretInput input = SecretInput.ofProcess();
      String present = input.ask("password", Optional.ofNullable(passwordFile));
      NewPassword wanted = newPassword(input);
      try (Unlocked unlocked = account.unlock(api, present)) {
        renew(
            api,
            "/v1/account/password/",
            _ -> Map.of("currentAuthHash", unlocked.authHash()),
            account.email(),
            unlocked,
            wanted);
      }
    }
  }

  @Command(
      name = "recover",
      description = {
        "Replace a forgotten password, with your recovery phrase and a token that still works.",
        "",
        "Asks for the 24 words and a new password on a terminal, or reads them from standard",
        "input, a line each. Both stay here. Takes some seconds and 1 GiB of memory.",
        ""
      })
  static final class Recover extends Renewal {
    @Option(
        names = "--phrase-file",
        paramLabel = "FILE",
        description = "File whose first line is the recovery phrase.")
    private @Nullable Path phraseFile;

    @Override
    protected void run(Api api) {
      OwnAccount account = OwnAccount.of(api);
      SecretInput input = SecretInput.ofProcess();
      String phrase = input.ask("recovery phrase", Optional.ofNullable(phraseFile));
      NewPassword wanted = newPassword(input);
      try (Unlocked unlocked = account.recover(phrase)) {
        renew(
            api,
            "/v1/account/recovery/",
            renewed -> proof(account, unlocked.keys(), renewed),
            account.email(),
            unlocked,
            wanted);
      }
    }

    private static Map<String, Object> proof(
        OwnAccount account, AccountKeys keys, Renewed renewed) {
      Instant now = Instant.now();
      RecoveryProof proof =
          new RecoveryProof(
              account.id(),
              renewed.authHash(),
              renewed.wrappedKeyring(),
              renewed.wrappedRecovery(),
              now);
      return Map.of(
          "identityKey",
          keys.identityKey().hex(),
          "signedAt",
          now.toEpochMilli(),
          "signature",
          proof.sign(keys));
    }
  }
}
