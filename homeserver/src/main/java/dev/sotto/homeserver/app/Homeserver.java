package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.VersionsEndpoints;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.http.Authenticator;
import dev.sotto.homeserver.http.Dispatcher;
import dev.sotto.homeserver.http.HttpServer;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Router;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/// One running server: every part, made and joined here by constructor.
public final class Homeserver implements AutoCloseable {
  private final Database database;
  private final Journal journal;
  private final HttpServer http;

  public Homeserver(Path data, String host, int port) {
    Clock clock = Clock.systemUTC();
    database = Database.inFolder(data);
    journal = new Journal(database);

    Authenticator authenticator =
        credentials -> {
          throw new MatrixException(ErrorCode.M_UNKNOWN_TOKEN, "This access token is not known.");
        };

    Router router = new Router();
    router.add(new VersionsEndpoints(true).routes());
    http =
        new HttpServer(
            host, port, new Dispatcher(router, authenticator, new RateLimits(Map.of(), clock)));
  }

  public int port() {
    return http.port();
  }

  @Override
  public void close() {
    http.close();
    journal.close();
    database.close();
  }
}
