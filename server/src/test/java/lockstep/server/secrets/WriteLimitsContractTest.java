package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;

/** How much work one writing request may ask for. */
@ContractTest
final class WriteLimitsContractTest extends SecretsContract {

  private static final String TOO_MANY_SECRETS = "'secrets' cannot exceed 10000 entries.";

  @Test
  void aBatchHasAtMost10000Secrets() {
    List<Object> entries = new ArrayList<>(Collections.nCopies(10_000, Map.of()));
    owner
        .post(app.secrets(), Map.of("secrets", entries))
        .isError(400, "Each secret requires a non-empty 'key'.");
    owner.put(app.secrets(), Map.of("secrets", entries)).isError(400, "Secret ID not provided");

    entries.add(Map.of());
    assertCreateRefused(400, TOO_MANY_SECRETS, entries.toArray());
    assertUpdateRefused(400, TOO_MANY_SECRETS, entries.toArray());
  }

  @Test
  void atMost10000SecretsAreDeletedAtOnce() {
    String id = createOne(secret("K", "v"));
    List<String> ids = new ArrayList<>(Collections.nCopies(10_000, id));
    owner.delete(app.secrets(), Map.of("secrets", ids)).is(200);

    String other = createOne(secret("K", "v"));
    List<String> more = Collections.nCopies(10_001, other);
    assertRefused(
        400, TOO_MANY_SECRETS, () -> owner.delete(app.secrets(), Map.of("secrets", more)));
  }

  @Test
  void aSecretHasAtMost100Tags() {
    List<String> tags = new ArrayList<>(IntStream.range(0, 100).mapToObj(i -> "t" + i).toList());
    tags.addAll(List.of("t1", " t2 ", ""));
    String id = createOne(secretWith("K", "tags", tags));
    assertThat(secretNamed("K").get("tags")).hasSize(100);

    tags.add("t100");
    String rule = "'tags' cannot exceed 100 entries.";
    assertCreateRefused(400, rule, secretWith("L", "tags", tags));
    assertUpdateRefused(400, rule, change(id, "tags", tags));
  }

  @Test
  void aRequestMakesAtMost1000Tags() {
    String rule = "'tags' of one request cannot make more than 1000 new tags.";
    Object[] tooMany = new Object[11];
    for (int i = 0; i < 10; i++) {
      tooMany[i] = secretWith("K" + i, "tags", numberedTags(i));
    }
    tooMany[10] = secretWith("K10", "tags", List.of("one more"));
    assertCreateRefused(400, rule, tooMany);

    create(Arrays.copyOf(tooMany, 10));
    assertThat(secretNamed("K9").get("tags")).hasSize(100);

    // Tags that are there already do not count.
    for (int i = 0; i < 10; i++) {
      tooMany[i] = secretWith("L" + i, "tags", numberedTags(i));
    }
    create(tooMany);
  }

  private static List<String> numberedTags(int hundred) {
    return IntStream.range(0, 100).mapToObj(i -> "t" + hundred + "-" + i).toList();
  }

  @Test
  void aRequestMakesAtMost5000Folders() {
    String rule = "'path' values would create more than 5000 folders.";
    String deep = "/a".repeat(2_048);
    String deeper = "/b".repeat(2_048);
    String last = "/c".repeat(904);
    String id = createOne(secret("K", "v"));

    assertCreateRefused(
        400, rule, secret(deep, "A", "v"), secret(deeper, "B", "v"), secret(last + "/c", "C", "v"));
    create(secret(deep, "A", "v"), secret(deeper, "B", "v"), secret(last, "C", "v"));

    // Folders that are there already do not count.
    create(secret(deep, "A2", "v"), secret(deeper, "B2", "v"), secret(last + "/c", "C", "v"));
    assertUpdateRefused(
        400,
        rule,
        change(id, "path", "/d".repeat(2_048)),
        change(createOne(secret("L", "v")), "path", "/e".repeat(2_048)),
        change(createOne(secret("M", "v")), "path", "/f".repeat(905)));
  }
}
