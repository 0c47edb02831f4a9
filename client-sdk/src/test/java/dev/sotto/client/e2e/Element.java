package dev.sotto.client.e2e;

import dev.sotto.client.BuiltServer;
import dev.sotto.client.BuiltServer.Login;
import dev.sotto.client.interop.NodePrograms;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device that runs matrix-js-sdk, as Element does.
final class Element extends E2eClient {
  /// How it read an event.
  ///
  /// @param shield what Element would show beside it: 0 nothing, 1 grey, 2 red
  record Reading(String body, String sender, boolean encrypted, int shield) {}

  private final Login login;

  private Element(BuiltServer server, Login login) {
    super(NodePrograms.start("element.mjs"), login.device());
    this.login = login;
    call(
        "start",
        Json.object()
            .put("url", server.url())
            .put("user", login.user())
            .put("device", login.device())
            .put("token", login.token())
            .put("password", BuiltServer.PASSWORD));
  }

  /// Starts a user's first device, which makes the user's cross-signing keys.
  static Element first(BuiltServer server, Login login) {
    Element element = new Element(server, login);
    element.call("bootstrap", Json.object());
    return element;
  }

  /// Starts a device of a user who has others.
  static Element later(BuiltServer server, Login login) {
    return new Element(server, login);
  }

  String user() {
    return login.user();
  }

  /// Makes an encrypted room.
  String createRoom(String... invited) {
    ObjectNode given = Json.object();
    List.of(invited).forEach(given.putArray("invite")::add);
    return call("createRoom", given).stringValue();
  }

  /// Joins a room, and knows then that it is encrypted.
  void join(String room) {
    call("join", in(room));
  }

  void awaitMember(String room, String user) {
    call("awaitMember", in(room).put("user", user));
  }

  /// Waits for an event, and until it can be decrypted.
  Reading read(String room, String event) {
    JsonNode read = call("read", in(room).put("event", event));
    return new Reading(
        read.path("body").stringValue(""),
        read.path("sender").stringValue(),
        read.path("encrypted").booleanValue(),
        read.path("shield").intValue(-1));
  }

  /// What it could not decrypt, and why.
  List<String> unreadable(String room) {
    List<String> all = new ArrayList<>();
    call("unreadable", in(room)).forEach(each -> all.add(each.toString()));
    return all;
  }

  /// Waits until so many keys are in the backup.
  void awaitBackedUp(int count) {
    call("awaitBackedUp", Json.object().put("count", count));
  }

  /// Becomes one of its user's devices with the recovery key; returns how many keys it got.
  int recover(String key) {
    return call("recover", Json.object().put("key", key)).intValue();
  }

  /// Takes what the dehydrated device was sent, if there is one, and leaves another.
  void dehydrate() {
    call("dehydrate", Json.object());
  }

  /// Pages back for what was said before.
  void scrollBack(String room) {
    call("scrollBack", in(room));
  }

  void awaitIdentity(String user) {
    call("awaitIdentity", of(user));
  }

  void awaitVerified(String user) {
    call("awaitVerified", of(user));
  }

  /// Waits until the other has started, and goes along.
  void acceptSas(String user) {
    call("acceptSas", of(user));
  }
}
