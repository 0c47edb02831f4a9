package dev.sotto.homeserver.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;

/// The server's database, opened and brought to the newest schema.
public final class Database implements AutoCloseable {
  // WRITE_DELAY=0 makes a commit write at once; the journal then forces it with CHECKPOINT SYNC.
  // Since the next commit is written only after that, it may take the place of what the last one
  // no longer needs: RETENTION_TIME=0. The default keeps all that was written in 45 seconds.
  private static final String H2_OPTIONS =
      ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;QUERY_CACHE_SIZE=256;LOCK_TIMEOUT=10000"
          + ";CACHE_SIZE=16384;RETENTION_TIME=0";
  private static final String H2_NAME = "sotto";
  private static final int READ_CONNECTIONS = 12;

  private final HikariDataSource source;
  private final Jdbi jdbi;
  private final Dialect dialect;

  private final Runnable afterClosing;
  private volatile boolean suspect;

  /// The connection that this thread reads on, while it does.
  private final ScopedValue<Handle> reading = ScopedValue.newInstance();

  private Database(String url, Dialect dialect, Runnable afterClosing) {
    this.afterClosing = afterClosing;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername("sotto");
    config.setPassword("");
    config.setMaximumPoolSize(READ_CONNECTIONS);
    config.setMinimumIdle(1);
    config.setPoolName("database");
    source = new HikariDataSource(config);
    jdbi = Jdbi.create(source);
    // What is bound to a statement may be a secret, and what an exception says is logged.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    this.dialect = dialect;
    try {
      Flyway.configure()
          .dataSource(source)
          .placeholders(dialect.types())
          .locations("classpath:db/migration")
          // Migrations that this version does not know are no reason to go on without them.
          .ignoreMigrationPatterns(new String[0])
          .load()
          .migrate();
    } catch (FlywayException e) {
      source.close();
      throw new SchemaException(e);
    }
  }

  /// The database in a file of `folder`, made if it is not there.
  ///
  /// @throws SchemaException if another version of this program has made it
  public static Database inFolder(Path folder) {
    Path absolute = folder.toAbsolutePath();
    H2File file = new H2File(absolute, H2_NAME);
    file.beforeOpening();
    return new Database(
        "jdbc:h2:file:" + absolute.resolve(H2_NAME) + H2_OPTIONS,
        new H2Dialect(),
        file::afterClosing);
  }

  /// A database in memory, gone when it is closed; for tests.
  public static Database inMemory(String name) {
    return new Database("jdbc:h2:mem:" + name + H2_OPTIONS, new H2Dialect(), () -> {});
  }

  /// Runs `query` on a connection of its own, or, as part of another query, on that one's: threads
  /// that hold a connection and wait for a second could all wait for each other. It must not write:
  /// writes go through the journal.
  public <T> T read(Function<Handle, T> query) {
    if (reading.isBound()) {
      return query.apply(reading.get());
    }
    try (Handle handle = jdbi.open()) {
      return ScopedValue.where(reading, handle).call(() -> query.apply(handle));
    }
  }

  /// The connection that the journal writes on; it is the caller's to close.
  public Handle openWriter() {
    return jdbi.open();
  }

  public Dialect dialect() {
    return dialect;
  }

  /// Notes that a write may not have reached the disk: this opening is never left in order, so the
  /// next one looks for the last complete commit.
  public void suspect() {
    suspect = true;
  }

  @Override
  public void close() {
    source.close();
    if (!suspect) {
      afterClosing.run();
    }
  }
}
