package lockstep.cli.account;

import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.crypto.AccountKeys;
import lockstep.crypto.CryptoException;
import lockstep.crypto.DeviceKey;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.Mnemonic;
import lockstep.crypto.PasswordAuthentication;
import tools.jackson.databind.JsonNode;

/**
 * Whose token is used, as far as it matters for the keys.
 *
 * @param id of the membership
 * @param email the salt of what is derived from the password
 * @param organisationId the salt of what is derived from the recovery phrase
 */
public record OwnAccount(String id, String email, String organisationId, IdentityKey identityKey) {

  /** Asks the server. */
  public static OwnAccount of(Api api) {
    JsonNode account = api.get("/v1/account/");
    String identityKey =
        account
            .path("identityKey")
            .stringValueOpt()
            .orElseThrow(() -> new CommandException("your account has no keys yet"));
    try {
      return new OwnAccount(
          account.path("id").asString(""),
          account.path("email").asString(""),
          account.at("/organisation/id").asString(""),
          IdentityKey.parse(identityKey));
    } catch (FormatException e) {
      throw new CommandException("the server knows no legal identity key of yours", e);
    }
  }

  /**
   * Opens the keyring. The password stays here; the server gets a hash from which it cannot be
   * told.
   *
   * @throws CommandException if the password is wrong, or the server's keyring is not of this
   *     account
   */
  public Unlocked unlock(Api api, String password) {
    String authHash = PasswordAuthentication.authHash(password, email);
    JsonNode wrapped = api.post("/v1/account/keyring/", Map.of("authHash", authHash));
    try (DeviceKey device = DeviceKey.derive(password, email)) {
      Mnemonic recovery = device.unwrapRecovery(wrapped.path("wrappedRecovery").asString(""));
      return new Unlocked(
          authHash,
          device.unwrapKeyring(wrapped.path("wrappedKeyring").asString(""), identityKey),
          recovery);
    } catch (CryptoException e) {
      throw new CommandException(
          "the server's copy of your keys does not open with your password; renew it with"
              + " 'lockstep account recover'",
          e);
    }
  }

  /**
   * Derives the keys from the recovery phrase. Needs 1 GiB of memory and some seconds.
   *
   * @throws CommandException if the phrase is not this account's
   */
  public Unlocked recover(String phrase) {
    Mnemonic mnemonic = mnemonic(phrase);
    AccountKeys keys = AccountKeys.derive(mnemonic, organisationId);
    if (!keys.identityKey().equals(identityKey)) {
      keys.close();
      throw new CommandException(
          "the recovery phrase is wrong: it is legal, but of another account");
    }
    return new Unlocked("", keys, mnemonic);
  }

  /** People write phrases down on paper: capital letters and spaces mean nothing. */
  private static Mnemonic mnemonic(String phrase) {
    try {
      return Mnemonic.parse(
          phrase.strip().toLowerCase(java.util.Locale.ROOT).replaceAll("\\s+", " "));
    } catch (FormatException e) {
      throw new CommandException("the recovery phrase is wrong: " + e.getMessage(), e);
    }
  }

  /**
   * The keys of this account, in the clear.
   *
   * @param authHash what stands for the password that opened them; empty after a recovery
   */
  public record Unlocked(String authHash, AccountKeys keys, Mnemonic recovery)
      implements AutoCloseable {

    @Override
    public void close() {
      keys.close();
    }

    @Override
    public String toString() {
      return "Unlocked[hidden]";
    }
  }
}
