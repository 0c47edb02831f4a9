package dev.sotto.homeserver.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/// Where the log goes: lines on standard error. Made in code, because reading an XML file for it
/// would cost a tenth of the time that the server takes to start.
public final class Logging extends ContextAwareBase implements Configurator {
  private static final java.util.logging.Logger JAVA_LOGGING =
      java.util.logging.Logger.getLogger("");
  private static final java.util.logging.Logger HELIDON_START =
      java.util.logging.Logger.getLogger("io.helidon.webserver.LoomServer");

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level %logger{0}: %msg%n");
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    root.setLevel(Level.WARN);
    // Helidon logs by the JDK's own means.
    JAVA_LOGGING.setLevel(java.util.logging.Level.WARNING);
    // A port that is taken is told in one sentence, by whoever asked for it.
    HELIDON_START.setLevel(java.util.logging.Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// How much of our own packages' doings is logged; libraries stay at warnings.
  static void setLevel(Enum<?> level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("dev.sotto").setLevel(Level.valueOf(level.name()));
    }
  }
}
