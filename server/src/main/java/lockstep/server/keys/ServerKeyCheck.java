package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.util.Optional;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.CryptoException;
import lockstep.crypto.ServerKey;
import lockstep.server.store.Database;

/** Proves at every start that the server key opens what the database holds. */
public final class ServerKeyCheck {

  private static final String NAME = "server_key_canary";
  private static final String PLAINTEXT = "lockstep";

  private ServerKeyCheck() {}

  /**
   * Opens the canary value, or writes it on a database that has none yet.
   *
   * @throws ServerKeyMismatchException if the key is not the one that wrote the canary
   */
  public static void verify(Database database, ServerKey key) {
    String ciphertext = canary(database).orElseGet(() -> write(database, key));
    if (!opens(key, ciphertext)) {
      throw new ServerKeyMismatchException();
    }
  }

  /**
   * Opens the canary value, if there is one; writes nothing.
   *
   * @throws ServerKeyMismatchException if the key is not the one that wrote the canary
   */
  public static void requireSame(Database database, ServerKey key) {
    if (!canary(database).map(ciphertext -> opens(key, ciphertext)).orElse(true)) {
      throw new ServerKeyMismatchException();
    }
  }

  private static Optional<String> canary(Database database) {
    return database.read(
        db ->
            db.select(SERVER_SETTING.SETTING)
                .from(SERVER_SETTING)
                .where(SERVER_SETTING.NAME.eq(NAME))
                .fetchOptional(SERVER_SETTING.SETTING));
  }

  /** Returns what is stored afterwards, which is another node's value if that one was quicker. */
  private static String write(Database database, ServerKey key) {
    String ciphertext = Ciphertext.encrypt(PLAINTEXT, key.publicKey()).text();
    return database.write(
        db -> {
          db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
              .values(NAME, ciphertext)
              .onConflictDoNothing()
              .execute();
          return db.select(SERVER_SETTING.SETTING)
              .from(SERVER_SETTING)
              .where(SERVER_SETTING.NAME.eq(NAME))
              .fetchSingle()
              .value1();
        });
  }

  private static boolean opens(ServerKey key, String ciphertext) {
    try {
      return Ciphertext.parse(ciphertext).decrypt(key.keyPair()).equals(PLAINTEXT);
    } catch (CryptoException e) {
      return false;
    }
  }
}
