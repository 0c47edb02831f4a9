package dev.sotto.client.e2e;

import dev.sotto.client.interop.LineProcess;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A client in a process of its own, whatever it is made with. What it waits for, it waits thirty
/// seconds for.
abstract class E2eClient implements AutoCloseable {
  /// The one that answers now.
  protected LineProcess process;

  private final String name;

  /// @param name which of the process's clients this is
  protected E2eClient(LineProcess process, String name) {
    this.process = process;
    this.name = name;
  }

  protected final JsonNode call(String call, ObjectNode given) {
    ObjectNode message = Json.object().put("machine", name).put("call", call);
    message.set("arguments", given);
    return process.call(message);
  }

  protected static ObjectNode of(String user) {
    return Json.object().put("user", user);
  }

  protected static ObjectNode in(String room) {
    return Json.object().put("room", room);
  }

  /// Sends a text and returns the event's id.
  final String say(String room, String text) {
    return call("say", in(room).put("text", text)).stringValue();
  }

  /// Makes secret storage and a backup; returns the recovery key.
  final String setUpRecovery() {
    return call("setUpRecovery", Json.object()).stringValue();
  }

  final void requestVerification(String user, String room) {
    call("requestVerification", of(user).put("room", room));
  }

  /// Waits until a user asks for a verification, and accepts.
  final void acceptVerification(String user) {
    call("acceptVerification", of(user));
  }

  /// Starts to compare emoji when the other has accepted.
  final void startSas(String user) {
    call("startSas", of(user));
  }

  /// Waits for the emoji.
  final List<String> emoji(String user) {
    List<String> symbols = new ArrayList<>();
    call("emoji", of(user)).forEach(symbol -> symbols.add(symbol.stringValue()));
    return symbols;
  }

  /// Says that both show the same.
  final void confirm(String user) {
    call("confirm", of(user));
  }

  final void awaitDone(String user) {
    call("awaitDone", of(user));
  }

  @Override
  public final void close() {
    process.close();
  }
}
