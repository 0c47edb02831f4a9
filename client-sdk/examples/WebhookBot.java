import com.sun.net.httpserver.HttpServer;
import dev.sotto.client.MatrixClient;
import dev.sotto.protocol.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Joins a room and the web: what is posted to `http://127.0.0.1:PORT/` is said in the room, and
/// what is said in the room is posted as JSON to a URL. Whoever can reach either reads along: both
/// ends of the bridge are outside of the encryption.
void main(String[] arguments) throws Exception {
  var server = arguments[0];
  var user = arguments[1];
  var roomName = arguments[2];
  var port = Integer.parseInt(arguments[3]);
  var hook = URI.create(arguments[4]);
  var password = System.getenv("BOT_PASSWORD");
  try (var http = HttpClient.newHttpClient();
      var client =
          MatrixClient.at(server).store(Path.of(user + ".db"), password).login(user, password)) {
    var room = client.join(roomName);
    client.onMessage(
        (where, message) -> {
          if (where.equals(room)) {
            var json =
                Json.object()
                    .put("sender", message.sender().value())
                    .put("text", message.text())
                    .put("trust", message.trust().name());
            http.send(
                HttpRequest.newBuilder(hook)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(Json.bytes(json)))
                    .build(),
                BodyHandlers.discarding());
          }
        });
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var inbound = HttpServer.create(address, 0);
    inbound.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            room.sendNotice(text);
            exchange.sendResponseHeaders(204, -1);
          }
        });
    inbound.start();
    IO.println(client + " is there, and takes posts at port " + port + ".");
    client.run();
    inbound.stop(0);
  }
}
