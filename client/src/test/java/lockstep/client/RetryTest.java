package lockstep.client;

import static lockstep.client.ScriptedServer.cutOff;
import static lockstep.client.ScriptedServer.hangUp;
import static lockstep.client.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import lockstep.client.ScriptedServer.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest extends AgainstScriptedServer {

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void readingIsRepeatedAfterAnAnswerThatMayPass(int status) {
    Environment environment = environment();
    server.next(status(status, "later"), status(status, "later"));

    assertThat(environment.values()).containsEntry("KEY", VALUE);
    assertThat(methods()).hasSize(4);
  }

  @Test
  void readingIsRepeatedAfterACutConnection() {
    Environment environment = environment();
    server.next(hangUp(), cutOff());

    assertThat(environment.values()).containsEntry("KEY", VALUE);
  }

  @Test
  void readingIsRepeatedWhenTheServerKeepsSilent() {
    try (LockstepClient impatient = builder().attemptTimeout(Duration.ofMillis(300)).build()) {
      Environment environment = impatient.environment("app", "dev");
      server.next(server.silence());

      assertThat(environment.values()).containsEntry("KEY", VALUE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 405, 409, 413, 501})
  void anAnswerThatWouldStayTheSameIsNotAskedForAgain(int status) {
    Environment environment = environment();
    server.next(status(status, "no"));

    assertThatThrownBy(environment::values).isInstanceOf(LockstepException.class);
    assertThat(timing.pauses()).isEmpty();
    assertThat(methods()).hasSize(2);
  }

  @Test
  void pausesAreRandomBelowACeilingThatDoubles() {
    Environment environment = environment();
    Script busy = status(503, "busy");
    server.next(busy, busy, busy, busy, busy);
    timing.random(0.5);

    assertThatThrownBy(environment::values).isInstanceOf(UnavailableException.class);
    assertThat(timing.pauses())
        .containsExactly(
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(400));
  }

  @Test
  void aServerThatAsksToWaitIsGivenThatTimeInSeconds() {
    Environment environment = environment();
    server.next(status(429, "slower", "Retry-After", "7"));
    timing.random(0);

    assertThat(environment.values()).containsKey("KEY");
    assertThat(timing.pauses()).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void aServerThatAsksToWaitIsGivenThatTimeByADate() {
    Environment environment = environment();
    server.next(status(503, "closed", "Retry-After", "Fri, 02 Jan 2026 03:04:15 GMT"));
    timing.random(0);

    assertThat(environment.values()).containsKey("KEY");
    assertThat(timing.pauses()).containsExactly(Duration.ofSeconds(10));
  }

  @Test
  void aWaitThatIsLongerThanTheCallIsNotBegun() {
    Environment environment = environment();
    server.next(status(429, "slower", "Retry-After", "3600"));

    RateLimitedException e = catchThrowableOfType(RateLimitedException.class, environment::values);
    assertThat(e.retryAfter()).contains(Duration.ofHours(1));
    assertThat(e).hasMessage("slower (status 429)");
    assertThat(timing.pauses()).isEmpty();
  }

  @Test
  void attemptsEndWhenTheTimeOfTheCallIsOver() {
    Environment environment = environment().within(Duration.ofSeconds(3));
    Script busy = status(503, "busy", "Retry-After", "1");
    server.next(busy, busy, busy, busy, busy);
    timing.random(0.5);

    assertThatThrownBy(environment::values).isInstanceOf(UnavailableException.class);
    assertThat(timing.pauses()).containsExactly(Duration.ofMillis(1050), Duration.ofMillis(1100));
  }

  @Test
  void creatingIsNotRepeatedBecauseItMayHaveHappened() {
    Environment environment = environment();
    server.next(hangUp());

    assertThatThrownBy(() -> environment.create(NewSecret.of("NEW", "x")))
        .isInstanceOf(UnavailableException.class);
    assertThat(methods()).containsExactly("GET", "POST");
  }

  @Test
  void creatingIsRepeatedWhenNoConnectionCameAbout() {
    Environment environment = environment();
    int port = server.port();
    server.close();
    timing.duringPause(() -> server = account.on(ScriptedServer.startAt(port)));

    environment.create(NewSecret.of("NEW", "x"));

    assertThat(methods()).containsExactly("POST");
    assertThat(timing.pauses()).hasSize(1);
  }

  @Test
  void anAbsentServerIsSaidNotToHaveGotTheRequest() {
    Environment environment = environment();
    server.close();

    assertThatThrownBy(() -> environment.create(NewSecret.of("NEW", "x")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(server.address())
        .hasMessageEndingWith("the request was not sent");
    assertThat(timing.pauses()).hasSize(4);
  }

  @Test
  void changesAndDeletionsAreRepeatedBecauseTheyNameWhatIsToBe() {
    Environment environment = environment();
    Secret secret = environment.get("KEY");
    server.next(hangUp());
    environment.update(SecretChange.of(secret).value("other"));
    server.next(hangUp());
    environment.delete(secret);

    assertThat(methods()).containsExactly("GET", "GET", "PUT", "PUT", "DELETE", "DELETE");
  }

  @Test
  void oneAttemptMeansOne() {
    try (LockstepClient once = builder().attempts(1).build()) {
      Environment environment = once.environment("app", "dev");
      server.next(status(503, "busy"));

      assertThatThrownBy(environment::values).isInstanceOf(UnavailableException.class);
      assertThat(timing.pauses()).isEmpty();
    }
  }

  @Test
  void anInterruptEndsAReadingAtOnce() throws Exception {
    Environment environment = environment();
    CountDownLatch asked = new CountDownLatch(1);
    Script silence = server.silence();
    server.next(
        exchange -> {
          asked.countDown();
          silence.answer(exchange);
        });
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread reading =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    environment.values();
                    wasInterrupted.complete(false);
                  } catch (CancelledException _) {
                    wasInterrupted.complete(Thread.currentThread().isInterrupted());
                  } catch (Throwable t) {
                    wasInterrupted.completeExceptionally(t);
                  }
                });
    asked.await();
    reading.interrupt();

    assertThat(wasInterrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anInterruptEndsAPauseAtOnce() {
    Environment environment = environment();
    Thread caller = Thread.currentThread();
    timing.duringPause(caller::interrupt);
    server.next(status(503, "busy"), status(503, "busy"));

    assertThatThrownBy(() -> environment.within(Duration.ofSeconds(30)).values())
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void closingEndsACallThatPauses() {
    Environment environment = environment();
    timing.duringPause(client::close);
    server.next(status(503, "busy"));

    assertThatThrownBy(environment::values).isInstanceOf(IllegalStateException.class);
    assertThat(timing.pauses()).hasSize(1);
    assertThat(methods()).hasSize(2);
  }

  @Test
  void aPauseEndsWhenItIsEndedAndNotBefore() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> pause =
        CompletableFuture.runAsync(
            () -> {
              try {
                Timing.SYSTEM.pause(Duration.ofHours(1), end);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(pause).isNotDone();

    end.countDown();

    pause.get(30, TimeUnit.SECONDS);
  }
}
