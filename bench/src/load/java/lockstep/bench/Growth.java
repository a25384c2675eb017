package lockstep.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Lets a database grow, step by step. What the API would take too long for is copied inside the
 * database, while no server runs, from patterns that were made over the API.
 */
final class Growth {

  private static final int ENVIRONMENTS_PER_APP = 10;
  private static final int APPS = 1000;
  private static final int ACCOUNTS = 10_000;
  private static final int EVENTS = 10_000_000;
  private static final int EVENTS_PER_TRANSACTION = 100_000;

  private final TestDatabase database;
  private final double scale;

  /**
   * @param scale 1 for the numbers above, 0.1 for a tenth of each
   */
  Growth(TestDatabase database, double scale) {
    this.database = database;
    this.scale = scale;
  }

  /** What is copied later on. To be called while a server runs on the database. */
  Pattern pattern(Api api, Contents contents) throws Exception {
    JsonNode app =
        api.post(
            "/v1/apps/",
            Map.of(
                "name",
                "growth",
                "environments",
                IntStream.range(0, ENVIRONMENTS_PER_APP).mapToObj(i -> "growth-" + i).toList()));
    String appId = app.path("id").asString();
    List<String> environments = new ArrayList<>();
    for (JsonNode environment : app.path("environments")) {
      environments.add(environment.path("id").asString());
      Contents.fill(api, appId, environment.path("name").asString(), Contents.HUNDRED);
    }
    String role = "";
    for (JsonNode one : api.get("/v1/roles/").path("data")) {
      if (one.path("name").asString().equals("Service")) {
        role = one.path("id").asString();
      }
    }
    String account =
        api.post("/v1/service-accounts/", Map.of("name", "growth", "role_id", role))
            .path("id")
            .asString();
    api.put(
        "/v1/service-accounts/" + account + "/access/",
        Map.of("apps", List.of(contents.accessToHundred(api))));
    return new Pattern(appId, environments, account);
  }

  /** Ids of what is copied. */
  record Pattern(String app, List<String> environments, String account) {}

  /** Copies the app; tells what there is now. */
  String growSecrets(Pattern pattern) throws SQLException {
    int copies = scaled(APPS);
    try (Connection connection = database.connect()) {
      Clones clones =
          new Clones(connection, 1)
              .with("app", "id = ?", id(pattern.app()))
              .with("app_account", "app_id = ?", id(pattern.app()));
      for (String environment : pattern.environments()) {
        Object id = id(environment);
        clones
            .with("environment", "id = ?", id)
            .with("environment_server_key", "environment_id = ?", id)
            .with("environment_key", "environment_id = ?", id)
            .with(
                "environment_grant",
                "environment_key_id IN (SELECT id FROM environment_key WHERE environment_id = ?)",
                id)
            .with("secret", "environment_id = ?", id)
            .with("secret_version", "environment_id = ?", id);
      }
      clones.make(copies);
      tidy(connection);
    }
    int environments = copies * ENVIRONMENTS_PER_APP;
    return "%,d secrets in %,d environments more, copied inside the database"
        .formatted(environments * Contents.HUNDRED, environments);
  }

  /** Copies the service account; tells what there is now. */
  String growAccounts(Pattern pattern) throws SQLException {
    int copies = scaled(ACCOUNTS);
    Object id = id(pattern.account());
    try (Connection connection = database.connect()) {
      new Clones(connection, 2)
          .with("account", "id = ?", id)
          .with("service_account", "id = ?", id)
          .with("token", "account_id = ?", id)
          .with("app_account", "account_id = ?", id)
          .with("environment_key", "account_id = ?", id)
          .with(
              "environment_grant",
              "environment_key_id IN (SELECT id FROM environment_key WHERE account_id = ?)",
              id)
          .make(copies);
      tidy(connection);
    }
    return "and %,d service accounts with access to the environment, copied likewise"
        .formatted(copies);
  }

  /**
   * Appends copies of one event to the audit log; tells what there is now. They have their places
   * in the chain, but not its hashes.
   */
  String growEvents() throws SQLException {
    int copies = scaled(EVENTS);
    try (Connection connection = database.connect()) {
      List<String> columns = columns(connection);
      long last = number(connection, "SELECT sequence FROM audit_chain");
      // The smallest one, so that millions of them have room.
      long pattern =
          number(
              connection,
              "SELECT sequence FROM audit_event WHERE action = 'read'"
                  + " ORDER BY length(details), sequence LIMIT 1");
      for (int done = 0; done < copies; done += EVENTS_PER_TRANSACTION) {
        int count = Math.min(EVENTS_PER_TRANSACTION, copies - done);
        append(connection, columns, pattern, last + done, done - copies, count);
      }
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE audit_chain SET sequence = " + (last + copies));
      }
      tidy(connection);
    }
    return "and %,d audit events, copies of one, without hashes that fit".formatted(copies);
  }

  private static List<String> columns(Connection connection) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM audit_event WHERE 1 = 0")) {
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        columns.add(result.getMetaData().getColumnName(i));
      }
    }
    return columns;
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /**
   * @param pattern number of the event that is copied
   * @param after number of the last event that is there
   * @param millis how much later than the pattern the copies are, from one to the next a
   *     millisecond
   */
  private void append(
      Connection connection, List<String> columns, long pattern, long after, int millis, int count)
      throws SQLException {
    boolean sqlite = database.kind() == TestDatabase.Kind.SQLITE;
    String uuid =
        sqlite
            ? """
              lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4'
              || substr(lower(hex(randomblob(2))), 2) || '-8' || substr(lower(hex(randomblob(2))), 2)
              || '-' || lower(hex(randomblob(6)))
              """
            : "gen_random_uuid()";
    String later =
        sqlite
            ? "created_at + 1000 * (number.n + %d)".formatted(millis)
            : "created_at + (number.n + %d) * interval '1 millisecond'".formatted(millis);
    String numbers =
        sqlite
            ? "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %d)"
                .formatted(count)
            : "WITH number (n) AS (SELECT generate_series(1, %d))".formatted(count);
    String chosen =
        String.join(
            ", ",
            columns.stream()
                .map(
                    column ->
                        switch (column) {
                          case "sequence" -> after + " + number.n";
                          case "id" -> uuid;
                          case "created_at" -> later;
                          case "earlier" -> "NULL"; // Each has a row of its own.
                          default -> column;
                        })
                .toList());
    String insert =
        """
        %s INSERT INTO audit_event (%s)
        SELECT %s FROM number, audit_event WHERE sequence = %d
        """
            .formatted(numbers, String.join(", ", columns), chosen, pattern);
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.executeUpdate();
    }
  }

  /** What a database does by itself some time later, and what must not disturb the rounds. */
  private void tidy(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (database.kind() == TestDatabase.Kind.SQLITE) {
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      } else {
        statement.execute("ANALYZE");
        statement.execute("CHECKPOINT");
      }
    }
  }

  private Object id(String text) {
    return database.kind() == TestDatabase.Kind.SQLITE ? text : UUID.fromString(text);
  }

  private int scaled(int number) {
    return Math.max(1, (int) Math.round(number * scale));
  }
}
