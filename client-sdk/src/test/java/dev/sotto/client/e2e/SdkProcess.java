package dev.sotto.client.e2e;

import dev.sotto.client.BuiltServer;
import dev.sotto.client.interop.LineProcess;
import dev.sotto.protocol.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A [Bot] in a process of its own. What it waits for, it waits thirty seconds for.
final class SdkProcess implements AutoCloseable {
  private final ProcessBuilder builder;
  private LineProcess process;

  /// Starts it: the first time it logs in, later it goes on.
  SdkProcess(BuiltServer server, String name, Path folder) {
    builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Bot.class.getName(),
            server.url(),
            name,
            BuiltServer.PASSWORD,
            folder.toString());
    process = LineProcess.start(builder);
  }

  /// Ends it as `kill -9` does, does this, and starts it again.
  void killAndStartAgainAfter(Runnable meanwhile) {
    process.kill();
    meanwhile.run();
    process = LineProcess.start(builder);
  }

  private JsonNode call(String call, ObjectNode given) {
    ObjectNode message = Json.object().put("call", call);
    message.set("arguments", given);
    return process.call(message);
  }

  private static ObjectNode in(String room) {
    return Json.object().put("room", room);
  }

  /// Waits until it has accepted the invitation to a room.
  void awaitRoom(String room) {
    call("awaitRoom", in(room));
  }

  /// Makes an encrypted room.
  String createRoom() {
    return call("createRoom", Json.object()).stringValue();
  }

  /// Sends a text and returns the event's id.
  String say(String room, String text) {
    return call("say", in(room).put("text", text)).path("event").stringValue();
  }

  /// Begins to send texts, one after the other without end.
  void talk(String room) {
    call("talk", in(room));
  }

  /// Waits for an event that it can decrypt; returns its text and what is known of its sender.
  JsonNode read(String event) {
    return call("read", Json.object().put("event", event));
  }

  private static ObjectNode of(String user) {
    return Json.object().put("user", user);
  }

  /// Reads an event of before it was there; returns its text.
  String readOld(String room, String event) {
    return call("readOld", in(room).put("event", event)).stringValue();
  }

  /// Makes secret storage and a backup; returns the recovery key.
  String setUpRecovery() {
    return call("setUpRecovery", Json.object()).stringValue();
  }

  /// Becomes one of its user's devices with the recovery key.
  boolean recover(String key) {
    return call("recover", Json.object().put("key", key)).booleanValue();
  }

  boolean isDeviceSigned() {
    return call("isDeviceSigned", Json.object()).booleanValue();
  }

  /// How it knows a user's identity.
  String identity(String user) {
    return call("identity", of(user)).stringValue();
  }

  void requestVerification(String user, String room) {
    call("requestVerification", of(user).put("room", room));
  }

  /// Waits until a user asks for a verification, and accepts.
  void acceptVerification(String user) {
    call("acceptVerification", of(user));
  }

  /// Starts to compare emoji when the other has accepted.
  void startSas(String user) {
    call("startSas", of(user));
  }

  /// Waits for the emoji.
  List<String> emoji(String user) {
    List<String> symbols = new ArrayList<>();
    call("emoji", of(user)).forEach(symbol -> symbols.add(symbol.stringValue()));
    return symbols;
  }

  /// Says that both show the same.
  void confirm(String user) {
    call("confirm", of(user));
  }

  void awaitDone(String user) {
    call("awaitDone", of(user));
  }

  /// What this process could not decrypt, and why.
  List<String> unreadable() {
    return call("unreadable", Json.object()).propertyStream().map(Object::toString).toList();
  }

  @Override
  public void close() {
    process.close();
  }
}
