package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class SqliteQueriesTest {

  private static final String NAME = "select name from item where id = ?";

  @TempDir private Path folder;
  private Connection writing;
  private SqliteQueries queries;
  private final AtomicLong changes = new AtomicLong();
  private final AtomicInteger opened = new AtomicInteger();
  private volatile boolean refusing;
  private volatile boolean lost;

  @BeforeEach
  void open() throws SQLException {
    String url = "jdbc:sqlite:" + folder.resolve("test.db");
    writing = DriverManager.getConnection(url);
    execute("pragma journal_mode = wal");
    execute("create table item (id integer primary key, name text)");
    execute("insert into item values (1, 'one'), (2, 'two')");
    queries =
        new SqliteQueries(
            () -> {
              if (refusing) {
                throw new SQLException("on purpose");
              }
              opened.incrementAndGet();
              return DriverManager.getConnection(url);
            },
            2,
            changes::get,
            () -> {
              if (lost) {
                throw new StoreUnavailableException("on purpose");
              }
            });
  }

  @AfterEach
  void close() throws SQLException {
    queries.close();
    writing.close();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = writing.createStatement()) {
      statement.execute(sql);
    }
  }

  private Optional<String> name(long id) throws SQLException {
    return queries.one(NAME, row -> row.text(1), id);
  }

  @Test
  void whatIsNotDurableIsNeitherAnsweredNorRemembered() throws SQLException {
    lost = true;
    assertThatThrownBy(() -> name(1)).isInstanceOf(StoreUnavailableException.class);
    execute("update item set name = 'uno' where id = 1");
    lost = false;
    assertThat(name(1)).contains("uno");
  }

  @Test
  void anAnswerIsRememberedUntilSomethingChanges() throws SQLException {
    assertThat(name(1)).contains("one");
    execute("update item set name = 'uno' where id = 1");
    assertThat(name(1)).contains("one");
    changes.incrementAndGet();
    assertThat(name(1)).contains("uno");
  }

  @Test
  void thatThereIsNoRowIsRememberedToo() throws SQLException {
    assertThat(name(3)).isEmpty();
    execute("insert into item values (3, 'three')");
    assertThat(name(3)).isEmpty();
    changes.incrementAndGet();
    assertThat(name(3)).contains("three");
  }

  @Test
  void questionsWithOtherParametersAreOthers() throws SQLException {
    assertThat(name(1)).contains("one");
    assertThat(name(2)).contains("two");
  }

  /** What was read before a change must not count for the time after it. */
  @Test
  void aChangeWhileTheQuestionIsAskedIsNotMissed() throws SQLException {
    Optional<String> before =
        queries.one(
            NAME,
            row -> {
              changes.incrementAndGet();
              return row.text(1);
            },
            1L);
    execute("update item set name = 'uno' where id = 1");
    assertThat(before).contains("one");
    assertThat(name(1)).contains("uno");
  }

  @Test
  void aFailureIsNotRememberedAndEndsTheConnection() throws SQLException {
    execute("alter table item rename to other");
    assertThatThrownBy(() -> name(1)).isInstanceOf(DataAccessException.class);
    execute("alter table other rename to item");
    assertThat(name(1)).contains("one");
    assertThat(opened).hasValue(2);
  }

  @Test
  void aConnectionThatDoesNotOpenIsTriedAgain() throws SQLException {
    refusing = true;
    assertThatThrownBy(() -> name(1)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> name(1)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> name(1)).isInstanceOf(SQLException.class);
    refusing = false;
    assertThat(name(1)).contains("one");
  }

  @Test
  void manyShareFewConnections() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        long id = i % 2 + 1L;
        Callable<Optional<String>> asking =
            () -> {
              changes.incrementAndGet();
              return name(id);
            };
        answers.add(callers.submit(asking));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).contains(i % 2 == 0 ? "one" : "two");
      }
    }
    assertThat(opened.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void afterClosingThereAreNoAnswersFromTheDatabase() {
    queries.close();
    assertThatThrownBy(() -> name(1))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("closed");
  }
}
