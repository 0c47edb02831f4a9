package dev.sotto.client.e2e;

import dev.sotto.client.BuiltServer;
import dev.sotto.client.interop.LineProcess;
import dev.sotto.protocol.json.Json;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A [Bot] in a process of its own.
final class SdkProcess extends E2eClient {
  private final ProcessBuilder builder;

  /// Starts it: the first time it logs in, later it goes on.
  SdkProcess(BuiltServer server, String name, Path folder) {
    this(
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
            folder.toString()),
        name);
  }

  private SdkProcess(ProcessBuilder builder, String name) {
    super(LineProcess.start(builder), name);
    this.builder = builder;
  }

  /// Ends it as `kill -9` does, does this, and starts it again.
  void killAndStartAgainAfter(Runnable meanwhile) {
    process.kill();
    meanwhile.run();
    process = LineProcess.start(builder);
  }

  /// Waits until it has accepted the invitation to a room.
  void awaitRoom(String room) {
    call("awaitRoom", in(room));
  }

  /// Makes an encrypted room.
  String createRoom() {
    return call("createRoom", Json.object()).stringValue();
  }

  /// Begins to send texts, one after the other without end.
  void talk(String room) {
    call("talk", in(room));
  }

  /// Waits for an event that it can decrypt; returns its text and what is known of its sender.
  JsonNode read(String event) {
    return call("read", Json.object().put("event", event));
  }

  /// Reads an event of before it was there; returns its text.
  String readOld(String room, String event) {
    return call("readOld", in(room).put("event", event)).stringValue();
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

  /// What this process could not decrypt, and why.
  List<String> unreadable() {
    return call("unreadable", Json.object()).propertyStream().map(Object::toString).toList();
  }
}
