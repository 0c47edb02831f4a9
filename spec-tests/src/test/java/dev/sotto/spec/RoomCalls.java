package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;

/// Requests that the tests about rooms make again and again.
final class RoomCalls {
  static final String PUBLIC = "{\"preset\": \"public_chat\"}";

  private RoomCalls() {}

  static void assertRefused(Response answer, int status, String errcode) {
    answer
        .then()
        .statusCode(status)
        .body("errcode", equalTo(errcode))
        .body("error", notNullValue());
  }

  static void assertForbidden(Response answer) {
    assertRefused(answer, 403, "M_FORBIDDEN");
  }

  static void assertOk(Response answer) {
    answer.then().statusCode(200);
  }

  private static String asked(String query) {
    return query.isEmpty() ? "" : "?" + query;
  }

  private static JsonPath json(Response answer) {
    return answer.then().statusCode(200).extract().jsonPath();
  }

  static Response getState(User user, String room, String type) {
    return user.get(path("/v3/rooms/{}/state/{}", room, type));
  }

  /// The content of a piece of state.
  static JsonPath state(User user, String room, String type) {
    return json(getState(user, room, type));
  }

  static Response setState(User user, String room, String type, String key, String content) {
    return user.put(path("/v3/rooms/{}/state/{}/{}", room, type, key), content);
  }

  static Response setMembership(User by, String room, User whose, String content) {
    return setState(by, room, "m.room.member", whose.id(), content);
  }

  /// What somebody is in a room.
  static String membership(User asking, String room, User whose) {
    return json(asking.get(path("/v3/rooms/{}/state/m.room.member/{}", room, whose.id())))
        .getString("membership");
  }

  static Response getEvent(User user, String room, String event) {
    return user.get(path("/v3/rooms/{}/event/{}", room, event));
  }

  static JsonPath event(User user, String room, String event) {
    return json(getEvent(user, room, event));
  }

  static Response getMessages(User user, String room, String query) {
    return user.get(path("/v3/rooms/{}/messages", room) + asked(query));
  }

  static JsonPath messages(User user, String room, String query) {
    return json(getMessages(user, room, query));
  }

  static Response getContext(User user, String room, String event, String query) {
    return user.get(path("/v3/rooms/{}/context/{}", room, event) + asked(query));
  }

  static JsonPath context(User user, String room, String event, String query) {
    return json(getContext(user, room, event, query));
  }

  static Response getRelations(User user, String room, String event, String rest) {
    return user.get(path("/v1/rooms/{}/relations/{}", room, event) + rest);
  }

  static JsonPath relations(User user, String room, String event, String rest) {
    return json(getRelations(user, room, event, rest));
  }

  static JsonPath threads(User user, String room, String query) {
    return json(user.get(path("/v1/rooms/{}/threads", room) + asked(query)));
  }

  static JsonPath members(User user, String room, String query) {
    return json(user.get(path("/v3/rooms/{}/members", room) + asked(query)));
  }

  static Response tryRedact(User user, String room, String event) {
    return user.put(
        path("/v3/rooms/{}/redact/{}/{}", room, event, user.transaction()), "{\"reason\": \"no\"}");
  }

  static String redact(User user, String room, String event) {
    return tryRedact(user, room, event).then().statusCode(200).extract().path("event_id");
  }

  static Response tryJoin(User user, String room) {
    return user.post(path("/v3/join/{}", room), "{}");
  }

  static Response tryLeave(User user, String room) {
    return user.post(path("/v3/rooms/{}/leave", room), "{}");
  }

  static Response tryInvite(User by, String room, String userId) {
    return by.post(path("/v3/rooms/{}/invite", room), about(userId));
  }

  static Response kick(User by, String room, User whom) {
    return by.post(path("/v3/rooms/{}/kick", room), about(whom.id()));
  }

  static Response ban(User by, String room, User whom) {
    return by.post(path("/v3/rooms/{}/ban", room), about(whom.id()));
  }

  static Response unban(User by, String room, User whom) {
    return by.post(path("/v3/rooms/{}/unban", room), about(whom.id()));
  }

  static Response knock(User user, String room) {
    return user.post(path("/v3/knock/{}", room), "{\"reason\": \"let me in\"}");
  }

  static Response forget(User user, String room) {
    return user.post(path("/v3/rooms/{}/forget", room), "{}");
  }

  static Response upgrade(User user, String room, String version) {
    return user.post(
        path("/v3/rooms/{}/upgrade", room), "{\"new_version\": \"%s\"}".formatted(version));
  }

  private static String about(String userId) {
    return "{\"user_id\": \"%s\"}".formatted(userId);
  }

  /// The content of a message that relates to another.
  static String relating(String relType, String event) {
    return """
    {
      "msgtype": "m.text",
      "body": "about that",
      "m.relates_to": {"rel_type": "%s", "event_id": "%s"}
    }
    """
        .formatted(relType, event);
  }

  static String sayInThread(User user, String room, String root) {
    return user.send(room, "m.room.message", relating("m.thread", root));
  }

  /// The content of an edit.
  static String edit(String event, String body) {
    return """
    {
      "msgtype": "m.text",
      "body": "* %s",
      "m.new_content": {"msgtype": "m.text", "body": "%s"},
      "m.relates_to": {"rel_type": "m.replace", "event_id": "%s"}
    }
    """
        .formatted(body, body, event);
  }

  /// The content of a reaction.
  static String reaction(String event, String key) {
    return """
    {"m.relates_to": {"rel_type": "m.annotation", "event_id": "%s", "key": "%s"}}
    """
        .formatted(event, key);
  }
}
