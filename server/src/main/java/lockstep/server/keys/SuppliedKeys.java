package lockstep.server.keys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.FormatException;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.AccountId;

/**
 * The keys of one environment, wrapped by a client for accounts. A server that cannot open them can
 * check nothing but their forms.
 */
public record SuppliedKeys(Map<AccountId, WrappedEnvironmentKeys> byAccount) {

  /** Each is looked up, and written in one transaction that others wait for. */
  private static final int MAXIMUM = 1000;

  // A seed is 64 digits, a salt 32 to 64; see Ciphertext for what these come to.
  private static final int SEED_CHARACTERS = 211;
  private static final int SHORTEST_SALT = 167;

  /** Keeps a copy of the map. */
  public SuppliedKeys {
    byAccount = Map.copyOf(byAccount);
  }

  /**
   * Reads the list in {@code keys}: an object for each account.
   *
   * @throws ApiException 400 if something is missing, of another form, there twice, or too many
   */
  public static SuppliedKeys read(Fields body) {
    List<JsonValue> entries = body.list("keys").orElseThrow(() -> body.missing("keys"));
    if (entries.isEmpty()) {
      throw ApiException.badRequest("'keys' must not be empty.");
    }
    if (entries.size() > MAXIMUM) {
      throw ApiException.badRequest("'keys' cannot exceed " + MAXIMUM + " entries.");
    }
    Map<AccountId, WrappedEnvironmentKeys> keys = new LinkedHashMap<>();
    for (JsonValue entry : entries) {
      Fields fields =
          entry
              .object()
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "Each entry in 'keys' must be an object with 'accountId', 'wrappedSeed'"
                              + " and 'wrappedSalt'."));
      String id = fields.requiredText("accountId");
      AccountId account =
          AccountId.parse(id)
              .orElseThrow(
                  () -> ApiException.badRequest("'accountId' must be the id of an account."));
      if (keys.put(account, wrapped(fields)) != null) {
        throw ApiException.badRequest("Duplicate account in 'keys': '" + Echo.shorten(id) + "'.");
      }
    }
    return new SuppliedKeys(keys);
  }

  /**
   * Reads {@code wrappedSeed} and {@code wrappedSalt}.
   *
   * @throws ApiException 400 if one of them is missing or of another form
   */
  public static WrappedEnvironmentKeys wrapped(Fields entry) {
    return new WrappedEnvironmentKeys(
        ciphertext(entry, "wrappedSeed", SEED_CHARACTERS),
        ciphertext(entry, "wrappedSalt", SHORTEST_SALT));
  }

  /**
   * Reads {@code identityKey}, the public key of the environment.
   *
   * @throws ApiException 400 if it is missing or no key that anybody should encrypt to
   */
  public static X25519PublicKey identityKey(Fields entry) {
    return identityKey(entry, "identityKey");
  }

  /** Reads the public key of an environment from the member of this name, in the same way. */
  public static X25519PublicKey identityKey(Fields entry, String name) {
    String text = entry.requiredText(name);
    try {
      return X25519PublicKey.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest(
          "'" + name + "' must be an X25519 public key of 64 hexadecimal digits.");
    }
  }

  /**
   * Refuses keys that are not for exactly the accounts that must get them.
   *
   * @param message what to tell the client
   * @throws ApiException 409 with those that are {@code missing} and {@code unexpected}
   */
  public static void requireFor(
      Set<AccountId> required, Set<AccountId> supplied, Supplier<String> message) {
    if (!supplied.equals(required)) {
      throw ApiException.conflict(message.get())
          .member("missing", without(required, supplied))
          .member("unexpected", without(supplied, required));
    }
  }

  private static List<String> without(Set<AccountId> all, Set<AccountId> removed) {
    return all.stream()
        .filter(account -> !removed.contains(account))
        .map(AccountId::toString)
        .sorted()
        .toList();
  }

  private static String ciphertext(Fields entry, String name, int shortest) {
    String text = entry.requiredText(name);
    if (text.length() < shortest
        || text.length() > SEED_CHARACTERS
        || !Ciphertext.isWellFormed(text)) {
      throw ApiException.badRequest(
          "'" + name + "' must be a ph:v1 ciphertext of a seed or salt in hexadecimal digits.");
    }
    return text;
  }
}
