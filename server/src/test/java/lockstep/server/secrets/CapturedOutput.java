package lockstep.server.secrets;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * All that the process prints and logs between opening and closing, with every logger of the server
 * at its most talkative. The output is captured, not shown.
 */
final class CapturedOutput implements AutoCloseable {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final Logger root;
  private final Logger ours;
  private final @Nullable Level levelBefore;
  private final Appender appender;

  CapturedOutput() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ours = context.getLogger("lockstep");
    levelBefore = ours.getLevel();
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
    appender = new Appender(context, capture);
    appender.start();
    root.addAppender(appender);
    ours.setLevel(Level.TRACE);
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
    ours.setLevel(levelBefore);
    System.setOut(out);
    System.setErr(err);
  }

  /** Writes every event with all that belongs to it, stack traces included. */
  private static final class Appender extends AppenderBase<ILoggingEvent> {

    private final PatternLayout layout = new PatternLayout();
    private final PrintStream target;

    Appender(LoggerContext context, PrintStream target) {
      this.target = target;
      setContext(context);
      layout.setContext(context);
      layout.setPattern("%level %logger %thread %mdc %marker %kvp %msg%n%xEx{full}%n");
      layout.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
      target.print(layout.doLayout(event));
    }
  }
}
