package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.request.OutgoingRequest.BackupCreate;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeyQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeys;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupVersionQuery;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server does with backups.
final class BackupServer {
  @Nullable ObjectNode latest;
  ObjectNode rooms = Json.object();
  final List<BackupKeys> received = new ArrayList<>();
  private int lastVersion;

  /// Does all that a device wants, until it wants nothing more.
  void settle(Owner device) {
    for (boolean more = true; more; ) {
      more = step(device);
    }
  }

  /// Does one thing that a device wants; false if it wants nothing.
  boolean step(Owner device) {
    KeyBackup backup = device.backup;
    BackupVersionQuery query = backup.query().orElse(null);
    if (query != null) {
      answer(device, query);
      return true;
    }
    BackupCreate create = backup.creation().orElse(null);
    if (create != null) {
      backup.created(create, create(create.body()));
      return true;
    }
    BackupKeys keys = backup.keys().orElse(null);
    if (keys != null) {
      if (isLatest(keys.version())) {
        put(keys);
        backup.sent(keys);
      } else {
        backup.refused(keys);
      }
      return true;
    }
    BackupKeyQuery fetch = backup.fetch().orElse(null);
    if (fetch != null) {
      answerFetch(device, fetch);
      return true;
    }
    return false;
  }

  void answer(Owner device, BackupVersionQuery query) {
    ObjectNode about = latest;
    if (about == null) {
      device.backup.absent(query);
    } else {
      device.backup.found(query, about.deepCopy());
    }
  }

  void answerFetch(Owner device, BackupKeyQuery fetch) {
    JsonNode key = rooms.path(fetch.room().value()).path("sessions").path(fetch.sessionId());
    if (isLatest(fetch.version()) && key instanceof ObjectNode found) {
      device.backup.fetched(fetch, found);
    } else {
      device.backup.absent(fetch);
    }
  }

  private boolean isLatest(String version) {
    ObjectNode about = latest;
    return about != null && about.path("version").stringValue().equals(version);
  }

  ObjectNode create(ObjectNode body) {
    lastVersion++;
    String version = Integer.toString(lastVersion);
    latest = body.deepCopy().put("version", version).put("count", 0).put("etag", "0");
    rooms = Json.object();
    return Json.object().put("version", version);
  }

  void put(BackupKeys request) {
    received.add(request);
    request
        .body()
        .path("rooms")
        .forEachEntry(
            (room, kept) ->
                kept.path("sessions")
                    .forEachEntry(
                        (id, session) ->
                            rooms
                                .withObjectProperty(room)
                                .withObjectProperty("sessions")
                                .set(id, session)));
  }

  int count() {
    int count = 0;
    for (JsonNode room : rooms) {
      count += room.path("sessions").size();
    }
    return count;
  }

  /// All that it has.
  List<BackedUpKey> all() {
    ObjectNode answer = Json.object();
    answer.set("rooms", rooms);
    try (BackupReader reader = BackupReader.of(new ByteArrayInputStream(Json.bytes(answer)))) {
      return reader.next(Integer.MAX_VALUE);
    }
  }
}
