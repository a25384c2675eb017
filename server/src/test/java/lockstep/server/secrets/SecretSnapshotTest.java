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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
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
  void onlyWhatTheServerCanOpenHasDigestsOfNames() {
    assertThat(snapshot(List.of(), true).keyDigest("NAME")).hasSize(64);
    SecretSnapshot ciphertexts = snapshot(List.of(), false);
    assertThatThrownBy(() -> ciphertexts.keyDigest("NAME"))
        .isInstanceOf(IllegalStateException.class);
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

  private static SecretSnapshot snapshot(List<SecretObject> objects, boolean sealed) {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      SecretSnapshot.Builder builder =
          new SecretSnapshot.Builder(
              new Revision(1, NOW), Set.of(), sealed ? keys.keyDigester() : null);
      objects.forEach(one -> builder.add(stored(one), false, Json.write(one)));
      return builder.build();
    }
  }

  private static SecretObject object(int number, String text) {
    return new SecretObject(
        new UUID(7, number),
        new UUID(8, 8),
        null,
        "/",
        text,
        "digest" + number,
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
        "",
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
