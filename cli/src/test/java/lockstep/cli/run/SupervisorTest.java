package lockstep.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs write to a file what happens to them. */
@SuppressWarnings("NullAway.Init") // set before the tests
@Timeout(60)
final class SupervisorTest {

  private static final Duration OFTEN = Duration.ofMillis(50);

  /** Of Linux. Unlike a hang-up, it is not ignored if the tests run under nohup. */
  private static final int USER_1 = 10;

  private static final int TERMINATE = 15;

  @TempDir private Path folder;

  private Path file;
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void prepare() throws IOException {
    file = Files.createFile(folder.resolve("happened"));
  }

  private Supervisor supervisor(String script) {
    return new Supervisor(List.of("/bin/sh", "-c", script), false, notices::add);
  }

  private String happened() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Variables variables(String round) {
    return Variables.of(Map.of("FILE", file.toString(), "ROUND", round));
  }

  private int run(Supervisor supervisor, Supplier<Variables> reader) throws InterruptedException {
    return supervisor.run(variables("1"), Optional.of(OFTEN), reader);
  }

  @Test
  void aSignalThatAProgramLivesThroughDoesNotEndTheWatching() throws Exception {
    Supervisor supervisor =
        supervisor(
            "echo began $ROUND >>$FILE; [ $ROUND = 2 ] && exit 7; trap 'echo usr1 >>$FILE' USR1;"
                + " echo ready >>$FILE; while :; do sleep 1; done");
    AtomicBoolean sent = new AtomicBoolean();

    int code =
        run(
            supervisor,
            () -> {
              if (happened().contains("ready") && !sent.getAndSet(true)) {
                supervisor.forward(USER_1);
              }
              return variables(happened().contains("usr1") ? "2" : "1");
            });

    assertThat(code).isEqualTo(7);
    assertThat(happened()).contains("began 2");
  }

  @Test
  void aSignalWhileNoProgramRunsMeansThatNoneIsStarted() throws Exception {
    Supervisor supervisor = supervisor("echo began >>$FILE");

    supervisor.forward(TERMINATE);

    assertThat(run(supervisor, () -> variables("1"))).isEqualTo(128 + TERMINATE);
    assertThat(happened()).isEmpty();
  }

  @Test
  void aSignalWhileAProgramIsEndedMeansThatThereIsNoNextOne() throws Exception {
    Supervisor supervisor =
        supervisor(
            "echo began $ROUND >>$FILE; trap 'echo ending >>$FILE; sleep 2; exit 5' TERM; echo"
                + " ready >>$FILE; while :; do sleep 1; done");
    Thread.ofVirtual()
        .start(
            () -> {
              while (!happened().contains("ending")) {
                Thread.onSpinWait();
              }
              supervisor.forward(TERMINATE);
            });

    int code = run(supervisor, () -> variables(happened().contains("ready") ? "2" : "1"));

    assertThat(code).isEqualTo(5);
    assertThat(happened()).doesNotContain("began 2");
  }

  @Test
  void whateverGoesWrongWithAReadingIsToldAndDoesNotEndTheWatching() throws Exception {
    Supervisor supervisor = supervisor("[ $ROUND = 2 ] && exit 7; while :; do sleep 1; done");
    AtomicBoolean failed = new AtomicBoolean();

    int code =
        run(
            supervisor,
            () -> {
              if (!failed.getAndSet(true)) {
                throw new IllegalStateException("no such luck");
              }
              return variables("2");
            });

    assertThat(code).isEqualTo(7);
    assertThat(notices.getFirst()).contains("no such luck");
  }

  @Test
  void aProgramThatASignalEndedHasTheExitCodeThatShellsGiveIt() throws Exception {
    assertThat(run(supervisor("kill -9 $$"), () -> variables("1"))).isEqualTo(137);
  }

  @Test
  void aScriptThatDoesNotSayWhatRunsItIsForTheShell() throws Exception {
    Path script = Files.writeString(folder.resolve("script"), "exit $1\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Supervisor supervisor = new Supervisor(List.of(script.toString(), "3"), false, notices::add);

    assertThat(run(supervisor, () -> variables("1"))).isEqualTo(3);
  }
}
