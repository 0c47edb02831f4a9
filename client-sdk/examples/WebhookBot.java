import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.Room;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// Joins a room (ROOM PORT URL) and the web: what is posted to the port is said in the room. As
/// port 0 it takes one that is free.
///
/// What is said in the room is posted as JSON to the URL. Both ends of the bridge are outside of
/// the encryption: what runs on this machine can speak through the one, and who serves the URL
/// reads along.
void main(String[] arguments) throws Exception {
  var server = arguments[0];
  var user = arguments[1];
  var roomName = arguments[2];
  var port = Integer.parseInt(arguments[3]);
  var hook = URI.create(arguments[4]);
  var password = System.getenv("BOT_PASSWORD");
  try (var http = HttpClient.newHttpClient();
      var client =
          MatrixClient.at(server)
              .storeWithKeyFile(Path.of(user + ".db"), Path.of(user + ".db.key"))
              .login(user, password)) {
    var room = client.join(roomName);
    client.onMessage(
        (where, message) -> {
          if (where.equals(room)) {
            var json =
                Json.object()
                    .put("sender", message.sender().value())
                    .put("text", message.text())
                    .put("trust", message.trust().name());
            var post =
                HttpRequest.newBuilder(hook)
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(30))
                    .POST(BodyPublishers.ofByteArray(Json.bytes(json)))
                    .build();
            var status = http.send(post, BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
              // It is logged, as is that nobody answers.
              throw new IOException(message.id() + " is lost: " + hook + " answers " + status);
            }
          }
        });
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var inbound = HttpServer.create(address, 0);
    inbound.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(say(room, exchange), -1);
          }
        });
    inbound.start();
    address = inbound.getAddress();
    IO.println(client + " is there, and takes posts at port " + address.getPort() + ".");
    try {
      client.run();
    } finally {
      inbound.stop(0);
    }
  }
}

/// More than this does not fit into one message, and is not taken.
static final int MOST_BYTES = 30_000;

/// Says what was posted.
///
/// @return the status to answer with
int say(Room room, HttpExchange exchange) {
  try {
    var body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
    var text = new String(body, StandardCharsets.UTF_8);
    if (!exchange.getRequestMethod().equals("POST") || text.isBlank()) {
      return 400;
    }
    if (body.length > MOST_BYTES) {
      return 413;
    }
    room.sendNotice(text);
    return 204;
  } catch (IOException | RuntimeException e) {
    IO.println("Could not say what was posted: " + e.getMessage());
    return 502;
  }
}
