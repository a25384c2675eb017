package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.util.Optional;
import java.util.Set;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.CryptoException;
import lockstep.crypto.ServerKey;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Proves at every start that the server keys open what the database holds: the key in use must be
 * among them, and so must every other that something is still wrapped to. On a database without a
 * list of its keys, a canary value stands for all.
 */
public final class ServerKeyCheck {

  private static final String NAME = "server_key_canary";
  private static final String PLAINTEXT = "lockstep";

  private ServerKeyCheck() {}

  /**
   * As {@link #requireSame}, after writing the canary on a database that has none yet.
   *
   * @throws ServerKeyMismatchException if these keys do not open everything
   */
  public static void verify(Database database, ServerKeys keys) {
    if (database.read(ServerKeyCheck::canary).isEmpty()) {
      String ciphertext = canary(keys.wanted());
      database.write(
          db ->
              db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
                  .values(NAME, ciphertext)
                  .onConflictDoNothing()
                  .execute());
    }
    requireSame(database, keys);
  }

  /**
   * Checks that these keys open everything, as far as there is something; writes nothing.
   *
   * @throws ServerKeyMismatchException if they do not
   */
  public static void requireSame(Database database, ServerKeys keys) {
    database.read(
        db -> {
          if (!haveKeyInUse(db, keys)) {
            throw new ServerKeyMismatchException();
          }
          Set<String> needed = ServerKeyStore.needed(db);
          keys.all().forEach(key -> needed.remove(ServerKeys.name(key)));
          if (!needed.isEmpty()) {
            throw new ServerKeyMismatchException(needed);
          }
          return keys;
        });
  }

  private static boolean haveKeyInUse(DSLContext db, ServerKeys keys) {
    if (ServerKeyStore.inUse(db).isPresent()) {
      return keys.haveKeyInUse(db);
    }
    Optional<String> canary = canary(db);
    return canary.isEmpty() || opening(keys, canary).isPresent();
  }

  /** The key that opens the canary value, if one of these does. */
  public static Optional<ServerKey> opening(DSLContext db, ServerKeys keys) {
    return opening(keys, canary(db));
  }

  private static Optional<ServerKey> opening(ServerKeys keys, Optional<String> canary) {
    return canary.flatMap(
        ciphertext -> keys.all().stream().filter(key -> opens(key, ciphertext)).findFirst());
  }

  /** Lets the canary value be opened by this key and no other. */
  public static void replaceCanary(DSLContext db, ServerKey key) {
    db.update(SERVER_SETTING)
        .set(SERVER_SETTING.SETTING, canary(key))
        .where(SERVER_SETTING.NAME.eq(NAME))
        .execute();
  }

  private static Optional<String> canary(DSLContext db) {
    return db.select(SERVER_SETTING.SETTING)
        .from(SERVER_SETTING)
        .where(SERVER_SETTING.NAME.eq(NAME))
        .fetchOptional(SERVER_SETTING.SETTING);
  }

  private static String canary(ServerKey key) {
    return Ciphertext.encrypt(PLAINTEXT, key.publicKey()).text();
  }

  private static boolean opens(ServerKey key, String ciphertext) {
    try {
      return Ciphertext.parse(ciphertext).decrypt(key.keyPair()).equals(PLAINTEXT);
    } catch (CryptoException e) {
      return false;
    }
  }
}
