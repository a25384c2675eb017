package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.tables.DefaultSchema;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jooq.Record;
import org.jooq.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever gets hold of the database alone learns no value, name or comment. */
final class SecretsAtRestTest {

  private final String canary = "canary" + UUID.randomUUID().toString().replace("-", "");

  @ParameterizedTest
  @EnumSource(Backend.class)
  void noTableHoldsPlaintext(Backend backend) {
    ServerUnderTest server = backend.server();
    writeCanaries(server);

    for (Table<?> table : DefaultSchema.DEFAULT_SCHEMA.getTables()) {
      List<String> rows =
          server.database().read(db -> db.selectFrom(table).fetch(SecretsAtRestTest::allColumns));
      assertThat(rows)
          .as(table.getName())
          .noneMatch(row -> row.toLowerCase(java.util.Locale.ROOT).contains(canary));
    }
  }

  private static String allColumns(Record row) {
    StringBuilder text = new StringBuilder();
    for (Object column : Objects.requireNonNull(row.intoArray())) {
      text.append(
              column instanceof byte[] bytes
                  ? new String(bytes, StandardCharsets.ISO_8859_1)
                  : String.valueOf(column))
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void noFileOfTheEmbeddedDatabaseHoldsPlaintext(@TempDir Path folder) {
    try (ServerUnderTest server =
        ServerUnderTest.start(Backend.SQLITE, Map.of("LOCKSTEP_DATA_DIR", folder.toString()))) {
      writeCanaries(server);
      assertNoFileHoldsTheCanary(folder);
    }
    assertNoFileHoldsTheCanary(folder);
  }

  private void assertNoFileHoldsTheCanary(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).anyMatch(file -> file.getFileName().toString().equals("lockstep.db"));
      for (Path file : all) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content.toLowerCase(java.util.Locale.ROOT).contains(canary))
            .as(file.toString())
            .isFalse();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void writeCanaries(ServerUnderTest server) {
    TestOrganisation organisation = TestOrganisation.create(server);
    TestCaller owner = organisation.owner();
    TestApp app = organisation.app("shop");
    Map<String, Object> entry =
        SecretsContract.secretWith(
            canary,
            "value",
            canary,
            "comment",
            canary,
            "override",
            SecretsContract.override(canary, true));
    String id = owner.post(app.secrets(), body(entry)).is(201).id();
    owner
        .put(
            app.secrets(),
            body(
                SecretsContract.change(
                    id,
                    "key",
                    canary + "2",
                    "value",
                    canary + "2",
                    "comment",
                    canary + "2",
                    "override",
                    SecretsContract.override(canary + "2", false))))
        .is(200);
    owner.get(app.secrets() + "&key=" + canary + "2").is(200);
    owner.get(app.secrets() + "&path=/&tags=none").is(200);
    owner.post(app.secrets(), body(entry)).is(201);
    owner.post(app.secrets(), body(entry)).is(409);
    owner.delete(app.secrets(), Map.of("secrets", List.of(id))).is(200);
  }
}
