package lockstep.server.protocol;

import lockstep.server.access.HeldKeysAccess;
import lockstep.server.store.Database;

/** What a client needs besides its token to open the environments of an account. */
public final class HeldKeys {

  private final Database database;

  /** Finds keys in this database. */
  public HeldKeys(Database database) {
    this.database = database;
  }

  /** The token's share of the private key, and all keys that are wrapped to the account. */
  KeyRing of(HeldKeysAccess access) {
    return database.read(
        db ->
            new KeyRing(
                access.caller(), HeldKeysStore.token(db, access), HeldKeysStore.apps(db, access)));
  }
}
