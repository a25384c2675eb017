package lockstep.server.store;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class SqliteDatabaseTest {

  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsThereAfterReopening() {
    try (Database database = Databases.embedded(folder)) {
      database.write(db -> put(db, "color", "green"));
    }
    try (Database database = Databases.embedded(folder)) {
      assertThat(database.read(SqliteDatabaseTest::names)).containsExactly("color");
    }
  }

  @Test
  void itLeavesSyncingToItsOwnThreadAndChecksForeignKeys() {
    try (Database database = Databases.embedded(folder)) {
      assertThat(database.<String>write(db -> pragma(db, "journal_mode"))).isEqualTo("wal");
      assertThat(database.<String>write(db -> pragma(db, "synchronous"))).isEqualTo("1");
      assertThat(database.<String>write(db -> pragma(db, "foreign_keys"))).isEqualTo("1");
    }
  }

  @Test
  void theFileMayBeALink() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("data.db");
    Path data = Files.createDirectory(folder.resolve("linked"));
    Files.createSymbolicLink(data.resolve("lockstep.db"), Files.createFile(elsewhere));
    try (Database database = Databases.embedded(data)) {
      database.write(db -> put(db, "color", "green"));
      try (Database reading = Databases.embeddedForReading(data)) {
        assertThat(reading.read(SqliteDatabaseTest::names)).containsExactly("color");
      }
    }
  }

  @Test
  void itOverwritesWhatIsDeleted() {
    try (Database database = Databases.embedded(folder)) {
      assertThat(database.<String>write(db -> pragma(db, "secure_delete"))).isEqualTo("1");
    }
  }

  @Test
  void theFolderIsItsOwnersAlone() throws IOException {
    Path inside = folder.resolve("data");
    Databases.embedded(inside).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inside)))
        .isEqualTo("rwx------");
  }

  @Test
  void aFolderServesOneDatabaseAtATime() {
    try (Database database = Databases.embedded(folder)) {
      assertThatThrownBy(() -> Databases.embedded(folder))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("in use by another Lockstep process");
      database.write(db -> put(db, "still", "works"));
    }
    Databases.embedded(folder).close();
  }

  @Test
  void aFolderThatIsAFileIsRefusedByName() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Databases.embedded(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeavesTheFolderFree() throws IOException {
    Path file = folder.resolve("lockstep.db");
    Files.writeString(file, "this is a letter, not a database. ".repeat(200));
    assertThatThrownBy(() -> Databases.embedded(folder))
        .isInstanceOf(StoreUnavailableException.class);
    Files.delete(file);
    Databases.embedded(folder).close();
  }

  @Test
  void afterClosingItAnswersThatItCannotServe() {
    Database database = Databases.embedded(folder);
    database.close();
    assertThatThrownBy(() -> database.read(SqliteDatabaseTest::names))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> database.write(db -> put(db, "too", "late")))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aFullDiskIsAnOutageThatPasses() {
    try (Database database = Databases.embedded(folder)) {
      database.write(db -> put(db, "first", "1"));
      database.write(db -> db.execute("pragma max_page_count = " + pragma(db, "page_count")));
      assertThatThrownBy(() -> database.write(db -> put(db, "large", "x".repeat(1_000_000))))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(database.read(SqliteDatabaseTest::names)).containsExactly("first");
      database.write(db -> db.execute("pragma max_page_count = 1000000"));
      database.write(db -> put(db, "large", "x".repeat(1_000_000)));
      assertThat(database.read(SqliteDatabaseTest::names)).containsExactly("first", "large");
    }
  }

  private static int put(DSLContext db, String name, String value) {
    return db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
        .values(name, value)
        .execute();
  }

  private static List<String> names(DSLContext db) {
    return db.select(SERVER_SETTING.NAME).from(SERVER_SETTING).fetch(SERVER_SETTING.NAME);
  }

  private static String pragma(DSLContext db, String name) {
    return String.valueOf(db.fetchSingle("pragma " + name).get(0));
  }
}
