package lockstep.cli.api;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.Console;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error: lines for people on a terminal, otherwise one JSON object per event.
 * {@code LOCKSTEP_LOG_FORMAT} ({@code text} or {@code json}) decides for good, {@code
 * LOCKSTEP_LOG_LEVEL} sets the level of our own messages.
 */
public final class Logging {

  private Logging() {}

  /**
   * Has the first logger made. Whoever asks for one while another thread has that done gets a
   * substitute, so this comes before other threads begin.
   */
  public static void begin() {
    // There is one implementation. To look for others would take opening every jar.
    System.setProperty("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
    LoggerFactory.getILoggerFactory();
  }

  /** Sets it up; called once by every command that uses what a server is made of. */
  public static void configure(Map<String, String> environment) {
    begin();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    boolean isTerminal = isTerminal();
    String format = environment.getOrDefault("LOCKSTEP_LOG_FORMAT", isTerminal ? "text" : "json");
    Encoder<ILoggingEvent> encoder = format.equals("text") ? text(context) : json(context);

    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    // Jetty's warnings quote what clients sent.
    context.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
    context
        .getLogger("lockstep")
        .setLevel(
            Level.toLevel(environment.getOrDefault("LOCKSTEP_LOG_LEVEL", "info"), Level.INFO));
  }

  @SuppressWarnings("SystemConsoleNull") // without a terminal, JDK 25 does return null
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %msg%n%ex");
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.start();
    return encoder;
  }
}
