package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooq.tools.jdbc.DefaultPreparedStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

final class KeptStatementsTest {

  private static final String INSERT = "insert into thing (number, name) values (?, ?)";
  private static final String ALL = "select name from thing order by number";

  @TempDir private Path folder;

  private Connection connection;
  private KeptStatements kept;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table thing (number integer primary key, name text)");
    }
    kept = new KeptStatements(connection);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void theNextUserGetsTheSameStatement() throws SQLException {
    PreparedStatement first = own(INSERT);

    assertThat(own(INSERT)).isSameAs(first);
    assertThat(own(ALL)).isNotSameAs(first);
    assertThat(kept.size()).isEqualTo(2);
  }

  /** What the driver prepared for somebody who is done with it. */
  private PreparedStatement own(String sql) throws SQLException {
    try (PreparedStatement statement = kept.prepareStatement(sql)) {
      return ((DefaultPreparedStatement) statement).getDelegatePreparedStatement();
    }
  }

  @Test
  void parametersAreNotKept() throws SQLException {
    insert(1, "secret");
    try (PreparedStatement insert = kept.prepareStatement(INSERT)) {
      insert.setLong(1, 2);
      insert.executeUpdate();
    }

    assertThat(names()).isEqualTo("secret,null,");
  }

  @Test
  void neitherIsABatchThatWasNotExecuted() throws SQLException {
    try (PreparedStatement insert = kept.prepareStatement(INSERT)) {
      insert.setLong(1, 1);
      insert.setString(2, "left over");
      insert.addBatch();
    }
    try (PreparedStatement insert = kept.prepareStatement(INSERT)) {
      insert.setLong(1, 2);
      insert.setString(2, "wanted");
      insert.addBatch();
      assertThat(insert.executeBatch()).containsExactly(1);
    }

    assertThat(names()).isEqualTo("wanted,");
  }

  @Test
  void twoUsersAtATimeHaveTwoStatements() throws SQLException {
    insert(1, "a");
    insert(2, "b");
    String seen = "";
    try (PreparedStatement outer = kept.prepareStatement(ALL);
        ResultSet rows = outer.executeQuery()) {
      while (rows.next()) {
        seen += rows.getString(1) + "[" + names() + "]";
      }
    }

    assertThat(seen).isEqualTo("a[a,b,]b[a,b,]");
  }

  /** Or SQLite would take the transaction for one that is still read. */
  @Test
  void aResultEndsWithItsStatement() throws SQLException {
    insert(1, "a");
    insert(2, "b");
    ResultSet rows;
    try (PreparedStatement all = kept.prepareStatement(ALL)) {
      rows = all.executeQuery();
      rows.next();
    }

    assertThat(rows.isClosed()).isTrue();
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table thing");
    }
  }

  @Test
  void whatFailedIsNotKept() throws SQLException {
    insert(1, "a");
    PreparedStatement insert = kept.prepareStatement(INSERT);
    insert.setLong(1, 1);
    assertThatThrownBy(insert::executeUpdate).isInstanceOf(SQLException.class);
    insert.close();

    assertThat(kept.size()).isZero();
    insert(2, "b");
    assertThat(names()).isEqualTo("a,b,");
  }

  @Test
  void statementsSurviveChangesOfTheirTable() throws SQLException {
    insert(1, "a");
    assertThat(names()).isEqualTo("a,");
    try (Statement statement = connection.createStatement()) {
      statement.execute("alter table thing add column more text default 'x'");
    }
    insert(2, "b");

    assertThat(names()).isEqualTo("a,b,");
  }

  /** The driver never gives back the space that it took for all the parameters. */
  @Test
  void largeBatchesAreNotKept() throws SQLException {
    try (PreparedStatement insert = kept.prepareStatement(INSERT)) {
      for (int i = 0; i < 501; i++) {
        insert.setLong(1, i);
        insert.setString(2, "x");
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(501);
    }

    assertThat(kept.size()).isZero();
  }

  @Test
  void rowsThatNobodyAskedForDoNotStayOpen() throws SQLException {
    insert(1, "a");
    try (PreparedStatement all = kept.prepareStatement(ALL)) {
      assertThat(all.execute()).isTrue();
    }

    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table thing");
    }
  }

  /** As after each insert, if the driver asks for generated keys. */
  @Test
  void nothingStaysOpenInTheDatabaseAsItIsOpened() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource(SqliteDatabase.config(false));
    source.setUrl("jdbc:sqlite:" + folder.resolve("kept.db"));
    try (Connection writing = source.getConnection();
        Statement statement = writing.createStatement()) {
      statement.execute("create table thing (number integer primary key, name text)");
      kept = new KeptStatements(writing);
      insert(1, "a");
      // Refused while any statement is open.
      statement.execute("vacuum");
    }
  }

  @Test
  void noMoreThanAHundredAreKept() throws SQLException {
    for (int i = 0; i < 150; i++) {
      try (PreparedStatement select = kept.prepareStatement("select " + i);
          ResultSet row = select.executeQuery()) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(i);
      }
    }

    assertThat(kept.size()).isEqualTo(100);
  }

  private void insert(long number, String name) throws SQLException {
    try (PreparedStatement insert = kept.prepareStatement(INSERT)) {
      insert.setLong(1, number);
      insert.setString(2, name);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  private String names() throws SQLException {
    StringBuilder names = new StringBuilder();
    try (PreparedStatement all = kept.prepareStatement(ALL);
        ResultSet rows = all.executeQuery()) {
      while (rows.next()) {
        names.append(rows.getString(1)).append(',');
      }
    }
    return names.toString();
  }
}
