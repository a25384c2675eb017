package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.http.ApiException;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.KeyState;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Keeps clients from storing what they encrypted with keys that an environment had before: nobody
 * could read it any more. The server sees it where it can open an environment whose keys were
 * rotated; elsewhere clients say with which keys they encrypt, if they can. Digests of names are
 * not compared: a client that encrypts with the present keys has the salt that goes with them.
 */
final class StaleCiphertexts {

  private final Database database;
  private final EnvironmentKeyring keyring;

  StaleCiphertexts(Database database, EnvironmentKeyring keyring) {
    this.database = database;
    this.keyring = keyring;
  }

  /**
   * Returns the identity key for which the texts are good.
   *
   * @param stated the identity key that the client says it encrypted with
   * @throws ApiException 409 if that is not the environment's, or if the environment's keys were
   *     rotated and do not open one of the texts; 404 if the environment is gone
   */
  String refuse(CiphertextAccess access, List<String> texts, Optional<String> stated) {
    record Now(KeyState state, Optional<EnvironmentKeys> keys) {}
    Now now =
        database.read(
            db -> {
              KeyState state = state(db, access);
              return new Now(state, state.rotated() ? open(db, access) : Optional.empty());
            });
    if (!texts.isEmpty()
        && stated.filter(key -> !key.equalsIgnoreCase(now.state().identityKey())).isPresent()) {
      throw stale();
    }
    if (now.keys().isPresent()) {
      try (EnvironmentKeys keys = now.keys().get();
          FieldOpener opener = keys.opener()) {
        texts.forEach(opener::open);
      } catch (CryptoException e) {
        throw stale();
      }
    }
    return now.state().identityKey();
  }

  private static ApiException stale() {
    return ApiException.conflict(
        "This was not encrypted with the keys that the environment has since they were rotated."
            + " Fetch the keys again, and repeat the request with them.");
  }

  private KeyState state(DSLContext db, CiphertextAccess access) {
    return keyring
        .state(db, access.organisation(), access.environment())
        .orElseThrow(() -> ApiException.notFound("Environment not found"));
  }

  /** Where the server's copy is of no use, nothing can be told. */
  private Optional<EnvironmentKeys> open(DSLContext db, CiphertextAccess access) {
    try {
      return keyring.open(db, access.organisation(), access.environment());
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }
}
