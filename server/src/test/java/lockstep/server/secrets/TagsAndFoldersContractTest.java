package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.FOLDER;
import static lockstep.server.store.tables.Tables.TAG;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import lockstep.server.store.tables.tables.records.FolderRecord;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ContractTest
final class TagsAndFoldersContractTest extends SecretsContract {

  @Test
  void tagsKeepTheOrderOfTheLastWrite() {
    String id = createOne(secretWith("K", "tags", List.of("c", "a", "b")));
    assertThat(tags()).isEqualTo("[\"c\",\"a\",\"b\"]");

    update(change(id, "tags", List.of("b", "c", "a")));
    assertThat(tags()).isEqualTo("[\"b\",\"c\",\"a\"]");
    update(change(id, "value", "w"));
    assertThat(tags()).isEqualTo("[\"b\",\"c\",\"a\"]");
    update(change(id, "tags", List.of("new", "b")));
    assertThat(tags()).isEqualTo("[\"new\",\"b\"]");
    update(change(id, "tags", List.of()));
    assertThat(tags()).isEqualTo("[]");
  }

  private String tags() {
    return secretNamed("K").get("tags").toString();
  }

  @Test
  void tagsAreTrimmedAndBlankOnesAndRepeatsDropped() {
    create(secretWith("K", "tags", List.of(" a ", "", "a", "\t", "b c", "A", "a", "é")));

    assertThat(tags()).isEqualTo("[\"a\",\"b c\",\"A\",\"é\"]");
  }

  @Test
  void tagsBelongToTheOrganisationAndAreMadeOnce() {
    create(secretWith("A", "tags", List.of("red", "Red")), secretWith("B", "tags", List.of("red")));
    create(secretWith("C", "tags", List.of("red")));

    List<String> names =
        server
            .database()
            .read(
                db ->
                    db.select(TAG.NAME)
                        .from(TAG)
                        .where(TAG.ORGANISATION_ID.eq(organisation.id()))
                        .and(TAG.COLOR.eq(""))
                        .fetch(row -> row.value1()));
    assertThat(names).containsExactlyInAnyOrder("red", "Red");
  }

  @Test
  void tagsMustBeAListOfStrings() {
    for (Object wrong : Arrays.asList("t", 1, Map.of(), List.of(1), Arrays.asList("t", null))) {
      assertCreateRefused(400, "'tags' must be a list of strings.", secretWith("K", "tags", wrong));
    }
  }

  @Test
  void aTagHasAtMost64CharactersAfterTrimming() {
    String longest = "😀".repeat(64);
    create(secretWith("K", "tags", List.of("  " + longest + "  ")));
    assertThat(secretNamed("K").get("tags").get(0).stringValue()).isEqualTo(longest);

    assertCreateRefused(
        400,
        "Tag name exceeds 64 characters: '" + "😀".repeat(32) + "'…",
        secretWith("L", "tags", List.of("fine", longest + "x")));
  }

  @Test
  void aSecretCanHaveManyTags() {
    List<String> many = IntStream.range(0, 100).mapToObj(i -> "tag " + (i * 7 % 100)).toList();
    String id = createOne(secretWith("K", "tags", many));

    assertThat(secretNamed("K").get("tags")).hasSize(100);
    assertThat(secretNamed("K").get("tags").get(2).stringValue()).isEqualTo("tag 14");
    update(change(id, "tags", many.subList(50, 90)));
    assertThat(secretNamed("K").get("tags").get(0).stringValue()).isEqualTo(many.get(50));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "''        | /",
        "/         | /",
        "///       | /",
        "a         | /a",
        "/a/       | /a",
        "//a///b// | /a/b",
        "' '       | '/ '",
        "'/a /b'   | '/a /b'",
        "./..      | /./..",
        "\\        | /\\",
        "/%2f      | /%2f",
        "/é/😀     | /é/😀"
      },
      delimiter = '|')
  void pathsHaveOneSpelling(String sent, String path) {
    JsonNode created = create(secretWith("K", "path", sent)).get(0);

    assertThat(created.get("path").stringValue()).isEqualTo(path);
    assertThat(created.get("folder").isNull()).isEqualTo(path.equals("/"));
    assertThat(list("path", sent)).containsExactly(created);
  }

  @Test
  void foldersAreMadeOnceForEachSegment() {
    JsonNode created =
        create(
            secret("/a/b/c", "K1", "v"),
            secret("a/b", "K2", "v"),
            secret("/a/b/c", "K3", "v"),
            secret("/b", "K4", "v"),
            secret("K5", "v"));
    create(secret("/a/b/d", "K6", "v"));

    assertThat(folders()).containsExactlyInAnyOrder("/a", "/a/b", "/a/b/c", "/b", "/a/b/d");
    assertThat(created.get(0).get("folder")).isEqualTo(created.get(2).get("folder"));
    assertThat(created.get(0).get("folder")).isNotEqualTo(created.get(1).get("folder"));
    assertThat(created.get(4).get("folder").isNull()).isTrue();
  }

  private List<String> folders() {
    UUID environment = UUID.fromString(app.environment("Development"));
    Map<UUID, FolderRecord> folders =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(FOLDER)
                        .where(FOLDER.ENVIRONMENT_ID.eq(environment))
                        .fetchMap(FOLDER.ID));
    return folders.values().stream().map(folder -> path(folder, folders)).toList();
  }

  private static String path(FolderRecord folder, Map<UUID, FolderRecord> folders) {
    FolderRecord parent = folders.get(folder.getParentId());
    return (parent == null ? "" : path(parent, folders)) + "/" + folder.getName();
  }

  @Test
  void foldersOfARefusedBatchAreNotMade() {
    create(secret("TAKEN", "v"));

    assertCreateRefused(409, DUPLICATE, secret("/new/folder", "K", "v"), secret("TAKEN", "v"));

    assertThat(folders()).isEmpty();
  }

  @Test
  void aMoveChangesTheFolderToo() {
    JsonNode created = create(secret("/a", "A", "v"), secret("/b", "B", "v"));
    String id = created.get(0).get("id").stringValue();

    JsonNode moved = update(change(id, "path", "b/")).get(0);
    assertThat(moved.get("path").stringValue()).isEqualTo("/b");
    assertThat(moved.get("folder")).isEqualTo(created.get(1).get("folder"));

    assertThat(update(change(id, "path", "")).get(0).get("folder").isNull()).isTrue();
    assertThat(update(change(id, "path", "/a")).get(0).get("folder"))
        .isEqualTo(created.get(0).get("folder"));
  }

  @Test
  void aFolderNameHasAtMost64Characters() {
    String longest = "😀".repeat(64);
    assertThat(
            create(secretWith("K", "path", longest + "/" + longest))
                .get(0)
                .get("path")
                .stringValue())
        .isEqualTo("/" + longest + "/" + longest);

    assertCreateRefused(
        400,
        "Folder name exceeds 64 characters: '" + "😀".repeat(32) + "'…",
        secretWith("K", "path", "/fine/" + longest + "x/y"));
  }

  /** Characters that do not compress: what a database does with long texts may depend on it. */
  @Test
  void aPathHasAtMost4096Characters() {
    Random random = new Random(42);
    StringBuilder path = new StringBuilder();
    while (path.codePointCount(0, path.length()) < 4_095) {
      if (path.codePointCount(0, path.length()) % 64 == 0) {
        path.append('/');
      } else {
        path.appendCodePoint(0x10000 + random.nextInt(0xffff));
      }
    }
    String longest = path.append('x').toString();

    JsonNode created = create(secretWith("K", "path", longest)).get(0);

    assertThat(created.get("path").stringValue()).isEqualTo(longest);
    assertThat(list()).containsExactly(created);
    assertCreateRefused(409, DUPLICATE, secretWith("K", "path", longest + "/"));
    assertCreateRefused(
        400, "'path' cannot exceed 4096 characters.", secretWith("K", "path", longest + "x"));
    assertUpdateRefused(
        400,
        "'path' cannot exceed 4096 characters.",
        change(created.get("id").stringValue(), "path", longest + "x"));
    String other = longest.replace('x', 'y');
    assertThat(
            update(change(created.get("id").stringValue(), "path", other))
                .get(0)
                .get("path")
                .stringValue())
        .isEqualTo(other);
  }
}
