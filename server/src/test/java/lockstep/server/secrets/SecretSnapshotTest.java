package lockstep.server.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.server.http.Json;
import lockstep.server.secrets.SecretFilter.Sought;
import lockstep.server.secrets.SnapshotAnswers.Answer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SecretSnapshotTest {

  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Sought ALL =
      new Sought(Optional.empty(), Optional.empty(), Optional.empty());

  /** What would be taken for the end of a member if quotation marks were not counted rightly. */
  private static final List<String> HOSTILE =
      List.of(
          "",
          "\"",
          "\\",
          "\\\"",
          ",\"value\":\"x\"",
          "x,",
          "value",
          ",\"override\":null,",
          "\",\"override\":null,\"",
          "\\\\\",\"value\":",
          "\u0001\u2028\uD83D\uDD11");

  @Property(tries = 200)
  void whatWasPutInComesOut(@ForAll @Size(max = 6) List<String> texts) {
    shows(texts);
  }

  @Test
  void textsThatLookLikeJsonAreTexts() {
    shows(HOSTILE);
  }

  private static void shows(List<String> texts) {
    List<SecretObject> objects = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      objects.add(object(i, texts.get(i)));
    }
    for (boolean sealed : List.of(true, false)) {
      SecretSnapshot snapshot = snapshot(objects, sealed);
      assertThat(whole(snapshot)).isEqualTo(text(Json.write(objects)));
      try (SnapshotReader reader = new SnapshotReader(snapshot)) {
        List<SnapshotEntry> entries = snapshot.select(ALL);
        assertThat(text(reader.array(entries, Map.of(), Map.of())))
            .isEqualTo(text(Json.write(objects)));
        for (int i = 0; i < objects.size(); i++) {
          assertThat(reader.value(entries.get(i))).isEqualTo(objects.get(i).value());
          assertThat(text(reader.array(List.of(entries.get(i)), Map.of(), Map.of())))
              .isEqualTo(text(Json.write(List.of(objects.get(i)))));
        }
      }
    }
  }

  private static String whole(SecretSnapshot snapshot) {
    try (Opened array = snapshot.whole()) {
      return text(array.bytes());
    }
  }

  @Test
  void valuesAndOverridesOfTheCallerTakeTheirPlaces() {
    List<SecretObject> objects = List.of(object(0, "${A}"), object(1, "plain"), object(2, "own"));
    SecretObject.PersonalOverride override =
        new SecretObject.PersonalOverride(UUID.randomUUID(), "mine \"\\", true, NOW, NOW);
    SecretSnapshot snapshot = snapshot(objects, true);

    try (SnapshotReader reader = new SnapshotReader(snapshot)) {
      byte[] answer =
          reader.array(
              snapshot.entries(),
              Map.of(objects.get(0).id(), Json.write("resolved \"x\"")),
              Map.of(
                  objects.get(0).id(), Json.write(override),
                  objects.get(2).id(), Json.write(override)));

      assertThat(text(answer))
          .isEqualTo(
              text(
                  Json.write(
                      List.of(
                          objects.get(0).showing("resolved \"x\"", override),
                          objects.get(1),
                          objects.get(2).showing("own", override)))));
    }
  }

  @Test
  void longContentIsKeptInPiecesAndEachSecretIsFound() {
    List<SecretObject> objects = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      objects.add(object(i, "v".repeat(i * 7)));
    }
    SecretSnapshot snapshot = snapshot(objects, true);

    assertThat(snapshot.entries().getLast().piece()).isGreaterThan(3);
    assertThat(whole(snapshot)).isEqualTo(text(Json.write(objects)));
    try (SnapshotReader reader = new SnapshotReader(snapshot)) {
      for (SecretObject object : objects) {
        SnapshotEntry entry = snapshot.find("/", object.keyDigest()).orElseThrow();
        assertThat(reader.value(entry)).isEqualTo(object.value());
      }
    }
  }

  @Test
  void filtersMeanWhatTheySay() {
    SecretSnapshot snapshot = snapshot(List.of(object(0, "a"), object(1, "b")), false);

    assertThat(select(snapshot, Optional.of("/"), Optional.empty(), Optional.empty())).hasSize(2);
    assertThat(select(snapshot, Optional.of("/x"), Optional.empty(), Optional.empty())).isEmpty();
    assertThat(select(snapshot, Optional.empty(), Optional.of("digest1"), Optional.empty()))
        .singleElement()
        .isEqualTo(snapshot.entries().get(1));
    assertThat(select(snapshot, Optional.of("/"), Optional.of("digest1"), Optional.empty()))
        .hasSize(1);
    assertThat(select(snapshot, Optional.of("/x"), Optional.of("digest1"), Optional.empty()))
        .isEmpty();
    assertThat(
            select(snapshot, Optional.empty(), Optional.empty(), Optional.of(List.of("t1", "z"))))
        .hasSize(1);
    assertThat(
            select(snapshot, Optional.of("/"), Optional.of("digest0"), Optional.of(List.of("t1"))))
        .isEmpty();
    assertThat(select(snapshot, Optional.empty(), Optional.empty(), Optional.of(List.of())))
        .isEmpty();
  }

  private static List<SnapshotEntry> select(
      SecretSnapshot snapshot,
      Optional<String> path,
      Optional<String> digest,
      Optional<List<String>> tags) {
    return snapshot.select(new Sought(path, digest, tags));
  }

  @Test
  void anAnswerToANameIsMadeOnceUnlessThereAreTooMany() {
    List<SecretObject> objects = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      objects.add(object(i, "text " + i));
    }
    SecretSnapshot snapshot = snapshot(objects, true);

    Answer first = named(snapshot, 7, Optional.empty());
    assertThat(shown(first)).isEqualTo(text(Json.write(List.of(objects.get(7)))));
    assertThat(named(snapshot, 7, Optional.empty())).isSameAs(first);
    assertThat(named(snapshot, 7, Optional.of("/")))
        .isSameAs(named(snapshot, 7, Optional.of("/")))
        .isNotSameAs(first);
    assertThat(named(snapshot, 7, Optional.of("/x")).secrets()).isEmpty();
    assertThat(named(snapshot, 7, Optional.of("/x")))
        .isNotSameAs(named(snapshot, 7, Optional.of("/x")));
    for (SecretObject object : objects) {
      int number = objects.indexOf(object);
      for (int time = 0; time < 2; time++) {
        Answer answer = named(snapshot, number, Optional.empty());
        assertThat(shown(answer)).isEqualTo(text(Json.write(List.of(object))));
        assertThat(answer.read().shown().json()).contains(object.idAndVersion());
      }
    }
    assertThat(named(snapshot, 7, Optional.empty())).isSameAs(first);
    assertThat(named(snapshot, 299, Optional.empty()))
        .isNotSameAs(named(snapshot, 299, Optional.empty()));
  }

  @Test
  void anAnswerThatIsNotTheSameForEverybodyIsMadeAnew() {
    SecretObject refers = object(0, "${OTHER}");
    SecretSnapshot snapshot = snapshot(List.of(refers, object(1, "plain")), true);
    Sought tagged =
        new Sought(Optional.empty(), Optional.of("digest1"), Optional.of(List.of("t1")));

    assertThat(named(snapshot, 0, Optional.empty()).refers()).isTrue();
    assertThat(named(snapshot, 0, Optional.empty()))
        .isNotSameAs(named(snapshot, 0, Optional.empty()));
    assertThat(named(snapshot, tagged)).isNotSameAs(named(snapshot, tagged));
    assertThat(named(snapshot, ALL)).isNotSameAs(named(snapshot, ALL));
    assertThat(named(snapshot, 1, Optional.empty())).isSameAs(named(snapshot, 1, Optional.empty()));
  }

  @Test
  void anAnswerThatIsSharedIsNotErasedUnderOthers() {
    SecretSnapshot snapshot = snapshot(List.of(object(0, "content")), true);
    Answer answer = named(snapshot, 0, Optional.empty());
    String expected = text(Json.write(List.of(object(0, "content"))));

    Opened one = answer.to(_ -> false).json().orElseThrow();
    Opened other = answer.to(_ -> false).json().orElseThrow();
    byte[] bytes = one.bytes();
    one.close();
    assertThat(text(other.bytes())).isEqualTo(expected);
    other.close();

    assertThat(bytes).containsOnly(0);
    assertThat(shown(answer)).isEqualTo(expected);
  }

  private static Answer named(SecretSnapshot snapshot, int number, Optional<String> path) {
    return named(snapshot, new Sought(path, Optional.of("digest" + number), Optional.empty()));
  }

  private static Answer named(SecretSnapshot snapshot, Sought sought) {
    return snapshot.named(
        sought, () -> Answer.common(snapshot, snapshot.select(sought), "\"tag\""));
  }

  private static String shown(Answer answer) {
    try (Opened json = answer.to(_ -> false).json().orElseThrow()) {
      return text(json.bytes());
    }
  }

  @Test
  void onlyWhatTheServerCanOpenHasDigestsOfNames() {
    assertThat(snapshot(List.of(), true).keyDigest("NAME")).hasSize(64);
    SecretSnapshot ciphertexts = snapshot(List.of(), false);
    assertThatThrownBy(() -> ciphertexts.keyDigest("NAME"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aNameHasTheSameDigestHoweverOftenItIsAskedFor() {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      SecretSnapshot.Builder builder =
          new SecretSnapshot.Builder(new Revision(1, NOW), Set.of(), keys.keyDigester(), null);
      for (int i = 0; i < 200; i++) {
        SecretObject object = object(i, "NAME_" + i, keys.keyDigest("NAME_" + i));
        builder.add(stored(object), false, Json.write(object));
      }
      SecretSnapshot snapshot = builder.build();

      for (int time = 0; time < 3; time++) {
        for (int i = 0; i < 210; i++) {
          assertThat(snapshot.keyDigest("NAME_" + i)).isEqualTo(keys.keyDigest("NAME_" + i));
        }
      }
      assertThat(snapshot.keyDigest("NAME_7")).isSameAs(snapshot.keyDigest("NAME_7"));
      // What does not exist, and what is too much, is not remembered.
      assertThat(snapshot.keyDigest("NAME_205")).isNotSameAs(snapshot.keyDigest("NAME_205"));
      assertThat(snapshot.keyDigest("NAME_150")).isNotSameAs(snapshot.keyDigest("NAME_150"));
    }
  }

  @Test
  void plainTextIsNotKeptInClear() {
    SecretSnapshot snapshot = snapshot(List.of(object(0, "correct horse battery staple")), true);

    try (Opened piece = snapshot.piece(0)) {
      assertThat(text(piece.bytes())).contains("battery staple");
    }
    assertThat(snapshot.kept().stream().map(SecretSnapshotTest::text))
        .noneMatch(kept -> kept.contains("battery staple"));
    assertThat(snapshot.toString()).doesNotContain("battery");
  }

  /** Each number is a secret, with its version; those of another version than before are new. */
  @Property(tries = 200)
  void whatHasNotChangedIsTakenFromTheSnapshotBefore(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 2) Integer> before,
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 2) Integer> after) {
    for (boolean sealed : List.of(true, false)) {
      SecretSnapshot earlier = snapshot(objects(before), sealed);
      SecretSnapshot.Builder builder;
      List<UUID> made = new ArrayList<>();
      try (EnvironmentKeys keys = EnvironmentKeys.generate();
          SnapshotReader reader = new SnapshotReader(earlier)) {
        builder =
            new SecretSnapshot.Builder(
                new Revision(2, NOW), Set.of(), sealed ? keys.keyDigester() : null, reader);
        for (SecretObject one : objects(after)) {
          if (!builder.addUnchanged(stored(one))) {
            made.add(one.id());
            builder.add(stored(one), false, Json.write(one));
          }
        }
      }
      SecretSnapshot snapshot = builder.build();

      List<UUID> changed = new ArrayList<>();
      for (int i = 0; i < after.size(); i++) {
        if (i >= before.size() || !before.get(i).equals(after.get(i))) {
          changed.add(new UUID(7, i));
        }
      }
      assertThat(made).isEqualTo(changed);
      List<SecretObject> expected = objects(after);
      assertThat(whole(snapshot)).isEqualTo(text(Json.write(expected)));
      try (SnapshotReader reader = new SnapshotReader(snapshot)) {
        for (int i = 0; i < expected.size(); i++) {
          SnapshotEntry entry = snapshot.entries().get(i);
          assertThat(reader.value(entry)).isEqualTo(expected.get(i).value());
          assertThat(entry.idAndVersion()).isEqualTo(expected.get(i).idAndVersion());
        }
      }
    }
  }

  private static List<SecretObject> objects(List<Integer> versions) {
    List<SecretObject> objects = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      objects.add(object(i, "version " + versions.get(i) + " ".repeat(200)));
    }
    return objects;
  }

  @Test
  void whatDiffersInAnythingIsNotTheSameState() {
    UUID id = new UUID(7, 7);
    StoredSecret secret = secret(id, null, "/", "k", "v", "c", List.of("a", "b"), 1, NOW);
    List<StoredSecret> others =
        List.of(
            secret(new UUID(7, 8), null, "/", "k", "v", "c", List.of("a", "b"), 1, NOW),
            secret(id, id, "/", "k", "v", "c", List.of("a", "b"), 1, NOW),
            secret(id, null, "/x", "k", "v", "c", List.of("a", "b"), 1, NOW),
            secret(id, null, "/", "x", "v", "c", List.of("a", "b"), 1, NOW),
            secret(id, null, "/", "k", "x", "c", List.of("a", "b"), 1, NOW),
            secret(id, null, "/", "k", "vc", "", List.of("a", "b"), 1, NOW),
            secret(id, null, "/", "k", "v", "c", List.of("ab"), 1, NOW),
            secret(id, null, "/", "k", "v", "c", List.of("b", "a"), 1, NOW),
            secret(id, null, "/", "k", "v", "c", List.of("a", "b"), 2, NOW),
            secret(id, null, "/", "k", "v", "c", List.of("a", "b"), 1, NOW.plusMillis(1)));

    assertThat(secret.state())
        .isEqualTo(secret(id, null, "/", "k", "v", "c", List.of("a", "b"), 1, NOW).state());
    assertThat(others).noneMatch(other -> other.state().equals(secret.state()));
  }

  private static StoredSecret secret(
      UUID id,
      @Nullable UUID folder,
      String path,
      String key,
      String value,
      String comment,
      List<String> tags,
      int version,
      Instant updatedAt) {
    return new StoredSecret(
        id,
        folder,
        path,
        key,
        "digest",
        value,
        comment,
        tags,
        "secret",
        "static",
        version,
        Optional.empty(),
        NOW,
        updatedAt);
  }

  private static SecretSnapshot snapshot(List<SecretObject> objects, boolean sealed) {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      SecretSnapshot.Builder builder =
          new SecretSnapshot.Builder(
              new Revision(1, NOW), Set.of(), sealed ? keys.keyDigester() : null, null);
      objects.forEach(one -> builder.add(stored(one), one.value().contains("${"), Json.write(one)));
      return builder.build();
    }
  }

  private static SecretObject object(int number, String text) {
    return object(number, text, "digest" + number);
  }

  private static SecretObject object(int number, String text, String keyDigest) {
    return new SecretObject(
        new UUID(7, number),
        new UUID(8, 8),
        null,
        "/",
        text,
        keyDigest,
        text,
        text,
        List.of("t" + number),
        "secret",
        "static",
        1,
        null,
        NOW,
        NOW);
  }

  private static StoredSecret stored(SecretObject object) {
    return new StoredSecret(
        object.id(),
        null,
        object.path(),
        "",
        object.keyDigest(),
        object.value(),
        "",
        object.tags(),
        object.type(),
        object.lifecycle(),
        object.version(),
        Optional.empty(),
        NOW,
        NOW);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
