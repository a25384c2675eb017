package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import lockstep.crypto.ServerKey;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class ServerKeyCheckTest {

  @TempDir private Path folder;
  private Database database;
  private final ServerKey key = ServerKey.parse(ServerKey.generateHex());

  @BeforeEach
  void open() {
    database = Databases.embedded(folder);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void theFirstKeyBecomesTheKeyOfTheDatabase() {
    ServerKeyCheck.verify(database, ServerKeys.of(key));
    String canary = canary();
    assertThat(canary).startsWith("ph:v1:");
    ServerKeyCheck.verify(database, ServerKeys.of(key));
    assertThat(canary()).isEqualTo(canary);
  }

  @Test
  void anotherKeyIsRefusedWithTheReasonAndChangesNothing() {
    ServerKeyCheck.verify(database, ServerKeys.of(key));
    String canary = canary();
    ServerKey other = ServerKey.parse(ServerKey.generateHex());
    assertThatThrownBy(() -> ServerKeyCheck.verify(database, ServerKeys.of(other)))
        .isInstanceOf(ServerKeyMismatchException.class)
        .hasMessageContaining("SERVER_SECRET")
        .hasNoCause();
    assertThat(canary()).isEqualTo(canary);
    assertThatCode(() -> ServerKeyCheck.verify(database, ServerKeys.of(key)))
        .doesNotThrowAnyException();
  }

  @Test
  void aDamagedCanaryIsRefusedToo() {
    ServerKeyCheck.verify(database, ServerKeys.of(key));
    database.write(
        db -> db.update(SERVER_SETTING).set(SERVER_SETTING.SETTING, "ph:v1:damaged").execute());
    assertThatThrownBy(() -> ServerKeyCheck.verify(database, ServerKeys.of(key)))
        .isInstanceOf(ServerKeyMismatchException.class);
  }

  private String canary() {
    return database.read(
        db ->
            db.select(SERVER_SETTING.SETTING)
                .from(SERVER_SETTING)
                .where(SERVER_SETTING.NAME.eq("server_key_canary"))
                .fetchSingle()
                .value1());
  }
}
