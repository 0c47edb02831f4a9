package dev.sotto.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sotto.client.encryption.backup.DehydratedDevices;
import dev.sotto.client.http.FakeServer;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What a server keeps for one user with one device, as far as recovery goes.
final class FakeAccount implements HttpHandler {
  private static final String CLIENT = "/_matrix/client/v3";

  final Map<String, ObjectNode> data = new HashMap<>();
  final ObjectNode keys = Json.object();
  @Nullable ObjectNode backup;
  @Nullable ObjectNode sleeping;

  /// Which requests, as a method and a path, the server breaks down over before they have any
  /// effect.
  Predicate<String> broken = _ -> false;

  /// The status of what the server answers with a page for people; 0 for all else.
  ToIntFunction<String> odd = _ -> 0;

  private final FakeServer server;
  private int versions;

  FakeAccount(FakeServer server) {
    this.server = server;
    server.otherwise(this);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String body = server.seen().getLast().body();
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    String request = method + " " + path;
    int status = odd.applyAsInt(request);
    if (status != 0) {
      FakeServer.json(status, "<html>", Map.of()).handle(exchange);
      return;
    }
    status = 200;
    ObjectNode answer;
    if (broken.test(request)) {
      status = 500;
      answer = Json.object();
    } else {
      answer = answer(method, path, Json.parseObject(body.isEmpty() ? "{}" : body));
    }
    if (answer == null) {
      status = 404;
      answer = Json.object().put("errcode", "M_NOT_FOUND");
    }
    FakeServer.json(status, answer.toString(), Map.of()).handle(exchange);
  }

  private @Nullable ObjectNode answer(String method, String path, ObjectNode body) {
    boolean puts = method.equals("PUT");
    if (path.contains("/account_data/")) {
      String type = path.substring(path.lastIndexOf('/') + 1);
      if (puts) {
        data.put(type, body);
      }
      return data.get(type);
    }
    if (path.equals(DehydratedDevices.PATH)) {
      sleeping = puts ? body : sleeping;
      return sleeping;
    }
    return switch (path) {
      case CLIENT + "/room_keys/version" -> method.equals("POST") ? made(body) : backup;
      case CLIENT + "/keys/device_signing/upload" -> {
        body.forEachEntry((kind, key) -> keys.putObject(kind + "s").set(Sandbox.BOT.value(), key));
        yield Json.object();
      }
      case CLIENT + "/keys/query" -> keys.deepCopy();
      default -> Json.object();
    };
  }

  private ObjectNode made(ObjectNode body) {
    versions++;
    ObjectNode made = body.put("version", Integer.toString(versions));
    backup = made;
    return made;
  }
}
