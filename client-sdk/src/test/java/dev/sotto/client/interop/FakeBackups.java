package dev.sotto.client.interop;

import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The key backups at a [FakeHomeserver]: one a user, the latest.
final class FakeBackups {
  private record Backup(String version, ObjectNode about, ObjectNode rooms) {}

  private final Map<UserId, Backup> backups = new HashMap<>();
  private int lastVersion;

  /// `POST /room_keys/version`; returns the version.
  String create(UserId user, ObjectNode about) {
    lastVersion++;
    String version = Integer.toString(lastVersion);
    backups.put(user, new Backup(version, about.deepCopy(), Json.object()));
    return version;
  }

  boolean has(UserId user) {
    return backups.containsKey(user);
  }

  private Backup of(UserId user) {
    Backup backup = backups.get(user);
    if (backup == null) {
      throw new IllegalStateException(user + " has no backup");
    }
    return backup;
  }

  /// Whether this is the latest version.
  boolean has(UserId user, String version) {
    Backup backup = backups.get(user);
    return backup != null && backup.version.equals(version);
  }

  boolean hasKey(UserId user, String room, String session) {
    return has(user) && of(user).rooms.path(room).path("sessions").has(session);
  }

  /// `GET /room_keys/version`.
  ObjectNode about(UserId user) {
    Backup backup = of(user);
    return backup
        .about
        .deepCopy()
        .put("version", backup.version)
        .put("count", count(backup))
        .put("etag", Integer.toString(backup.rooms.hashCode()));
  }

  private static int count(Backup backup) {
    int count = 0;
    for (JsonNode room : backup.rooms) {
      count += room.path("sessions").size();
    }
    return count;
  }

  /// `GET /room_keys/keys`.
  ObjectNode keys(UserId user) {
    ObjectNode answer = Json.object();
    answer.set("rooms", of(user).rooms.deepCopy());
    return answer;
  }

  /// `GET /room_keys/keys/{roomId}/{sessionId}`.
  ObjectNode key(UserId user, String room, String session) {
    JsonNode key = of(user).rooms.path(room).path("sessions").path(session);
    if (!(key instanceof ObjectNode found)) {
      throw new IllegalStateException("The backup does not have this key");
    }
    return found.deepCopy();
  }

  /// `PUT /room_keys/keys`. A key stays where the new one is not better.
  ObjectNode put(UserId user, String version, ObjectNode body) {
    Backup backup = of(user);
    if (!backup.version.equals(version)) {
      throw new IllegalStateException("The backup has version " + backup.version);
    }
    body.path("rooms")
        .forEachEntry(
            (room, kept) -> {
              ObjectNode sessions =
                  backup.rooms.withObjectProperty(room).withObjectProperty("sessions");
              kept.path("sessions")
                  .forEachEntry(
                      (id, session) -> {
                        if (!sessions.has(id) || isBetter(session, sessions.path(id))) {
                          sessions.set(id, session.deepCopy());
                        }
                      });
            });
    return Json.object().put("count", count(backup)).put("etag", "1");
  }

  private static boolean isBetter(JsonNode key, JsonNode than) {
    if (key.path("is_verified").booleanValue() != than.path("is_verified").booleanValue()) {
      return key.path("is_verified").booleanValue();
    }
    int first = key.path("first_message_index").intValue();
    int thanFirst = than.path("first_message_index").intValue();
    return first == thanFirst
        ? key.path("forwarded_count").intValue() < than.path("forwarded_count").intValue()
        : first < thanFirst;
  }
}
