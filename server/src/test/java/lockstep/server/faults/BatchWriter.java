package lockstep.server.faults;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import lockstep.server.faults.Ledger.Comparison;
import lockstep.server.faults.Ledger.Part;
import lockstep.server.faults.Ledger.Problem;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Creates, changes, deletes and reads batches of secrets in a folder that nobody else uses, and
 * keeps a ledger of what was acknowledged. For one thread at a time.
 */
final class BatchWriter {

  private static final int MOST_BATCHES = 4;
  private static final int MOST_SECRETS = 5;
  private static final Pattern KEY = Pattern.compile("(.+)_([0-9]+)");

  private final String folder;
  private final String secrets;
  private final Random random;
  private final Ledger ledger = new Ledger();
  private final Set<String> changes = new HashSet<>();
  private final Set<String> reads = new HashSet<>();
  private int created;
  private long happened;

  /**
   * Writes to this folder.
   *
   * @param secrets the address of the secrets of an environment
   */
  BatchWriter(String folder, String secrets, long seed) {
    this.folder = folder;
    this.secrets = secrets;
    this.random = new Random(seed);
  }

  /**
   * Sends one request. If it was not acknowledged, {@link #check} has to be called before the next
   * one.
   */
  Outcome act(TestCaller caller) {
    List<String> live = ledger.live();
    if (live.isEmpty() || (live.size() < MOST_BATCHES && random.nextInt(3) == 0)) {
      return create(caller);
    }
    String batch = live.get(random.nextInt(live.size()));
    return switch (random.nextInt(6)) {
      case 0 -> delete(caller, batch);
      case 1 -> read(caller);
      default -> update(caller, batch);
    };
  }

  private Outcome create(TestCaller caller) {
    String batch = "B" + ++created;
    int size = 2 + random.nextInt(MOST_SECRETS - 1);
    String value = value();
    ledger.creating(batch, size, state(1, value));
    Object[] entries =
        IntStream.range(0, size)
            .mapToObj(index -> secret(folder, batch + "_" + index, value))
            .toArray();
    Sent sent = send(201, () -> caller.post(secrets, body(entries)));
    if (sent.outcome.isAcknowledged()) {
      List<String> ids = new ArrayList<>();
      sent.acknowledged().json().forEach(secret -> ids.add(secret.get("id").stringValue()));
      ledger.ids(batch, ids);
    }
    return changed(batch, sent);
  }

  private Outcome update(TestCaller caller, String batch) {
    String value = value();
    ledger.changing(batch, state(ledger.version(batch) + 1, value));
    Object[] entries =
        ledger.ids(batch).stream().map(id -> object("id", id, "value", value)).toArray();
    return changed(batch, send(200, () -> caller.put(secrets, body(entries))));
  }

  private Outcome delete(TestCaller caller, String batch) {
    ledger.changing(batch, Ledger.ABSENT);
    Object[] ids = ledger.ids(batch).toArray();
    return changed(batch, send(200, () -> caller.delete(secrets, body(ids))));
  }

  private Outcome changed(String batch, Sent sent) {
    if (sent.outcome.isAcknowledged()) {
      ledger.acknowledged(batch);
      assertThat(changes.add(requestId(sent.acknowledged()))).isTrue();
    }
    return sent.outcome;
  }

  private Outcome read(TestCaller caller) {
    Sent sent = send(200, () -> list(caller));
    if (sent.outcome.isAcknowledged()) {
      wasRead(sent.acknowledged());
    }
    return sent.outcome;
  }

  /**
   * Reads the folder and compares it with the ledger. Nothing that was sent before may still be on
   * its way.
   *
   * @return empty if the folder could not be read
   */
  Optional<List<Problem>> check(TestCaller caller) {
    Sent sent = send(200, () -> list(caller));
    if (!sent.outcome.isAcknowledged()) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    wasRead(sent.acknowledged()).forEach(secret -> parts.add(part(secret)));
    Comparison comparison = ledger.compare(parts);
    happened += comparison.happened();
    return Optional.of(
        comparison.problems().stream()
            .map(problem -> new Problem(folder + ": " + problem.text()))
            .toList());
  }

  private TestResponse list(TestCaller caller) {
    return caller.get(secrets + "&path=" + folder);
  }

  private JsonNode wasRead(TestResponse answer) {
    JsonNode found = answer.json();
    if (!found.isEmpty()) {
      reads.add(requestId(answer));
    }
    return found;
  }

  private static Part part(JsonNode secret) {
    Matcher key = KEY.matcher(secret.get("key").stringValue());
    assertThat(key.matches()).as("key").isTrue();
    return new Part(
        key.group(1),
        Integer.parseInt(key.group(2)),
        secret.get("id").stringValue(),
        state(secret.get("version").intValue(), secret.get("value").stringValue()));
  }

  private String value() {
    return Long.toHexString(random.nextLong());
  }

  private static String state(int version, String value) {
    return version + ":" + value;
  }

  private interface Sending {
    TestResponse send();
  }

  private record Sent(Outcome outcome, @Nullable TestResponse answer) {

    TestResponse acknowledged() {
      return Objects.requireNonNull(answer);
    }
  }

  private static Sent send(int expected, Sending sending) {
    long begin = System.nanoTime();
    TestResponse answer;
    try {
      answer = sending.send();
    } catch (UncheckedIOException e) {
      return new Sent(outcome(Outcome.Kind.BROKEN, e.toString(), begin), null);
    }
    if (answer.status() == 503) {
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      return new Sent(outcome(Outcome.Kind.UNAVAILABLE, answer.text(), begin), null);
    }
    answer.is(expected);
    return new Sent(outcome(Outcome.Kind.ACKNOWLEDGED, "", begin), answer);
  }

  private static Outcome outcome(Outcome.Kind kind, String text, long begin) {
    return new Outcome(kind, text, Duration.ofNanos(System.nanoTime() - begin));
  }

  private static String requestId(TestResponse answer) {
    return answer.headers().firstValue("X-Request-Id").orElseThrow();
  }

  /** The ids of the requests whose changes were acknowledged. */
  Set<String> changes() {
    return changes;
  }

  /** The ids of the requests that were answered with secrets. */
  Set<String> reads() {
    return reads;
  }

  /** How many changes were not acknowledged, and happened. */
  long happened() {
    return happened;
  }
}
