package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.backup.BackedUpKey;
import dev.sotto.homeserver.backup.BackupState;
import dev.sotto.homeserver.backup.BackupVersion;
import dev.sotto.homeserver.backup.Backups;
import dev.sotto.homeserver.backup.Selection;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Handler;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Keeps encrypted backups of room keys.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
public final class KeyBackupEndpoints {
  private static final long BODY_LIMIT_BYTES = 8L * 1024 * 1024;

  private static final String JSON = "application/json";

  // Some clients of today know only the paths from before backups were specified.
  private static final List<String> PREFIXES =
      List.of("/_matrix/client/v3/room_keys/", "/_matrix/client/unstable/room_keys/");

  private record Version(String algorithm, ObjectNode authData, @Nullable String version) {}

  private record Created(String version) {}

  private record Described(
      String algorithm, ObjectNode authData, long count, String etag, String version) {
    static Described of(BackupVersion backup) {
      return new Described(
          backup.algorithm(),
          backup.authData(),
          backup.count(),
          Long.toString(backup.etag()),
          Long.toString(backup.number()));
    }
  }

  private record Updated(String etag, long count) {
    static Updated of(BackupState state) {
      return new Updated(Long.toString(state.etag()), state.count());
    }
  }

  private record Rooms(Map<String, Sessions> rooms) {}

  private record Sessions(Map<String, Session> sessions) {}

  private record Session(
      Long firstMessageIndex, Long forwardedCount, Boolean isVerified, ObjectNode sessionData) {
    BackedUpKey of(RoomId room, String session) {
      return new BackedUpKey(
          room, session, firstMessageIndex, forwardedCount, isVerified, sessionData.toString());
    }
  }

  private final Backups backups;

  public KeyBackupEndpoints(Backups backups) {
    this.backups = backups;
  }

  public List<Route> routes() {
    return PREFIXES.stream().flatMap(this::routes).toList();
  }

  private Stream<Route> routes(String prefix) {
    String version = prefix + "version";
    String one = version + "/{version}";
    String keys = prefix + "keys";
    String room = keys + "/{roomId}";
    String session = room + "/{sessionId}";
    return Stream.of(
        Route.post(version, Access.USER, this::postRoomKeysVersion).withRate(Rate.BACKUP),
        Route.get(version, Access.USER, this::getRoomKeysVersionCurrent),
        Route.get(one, Access.USER, this::getRoomKeysVersion),
        Route.put(one, Access.USER, this::putRoomKeysVersion).withRate(Rate.BACKUP),
        Route.delete(one, Access.USER, this::deleteRoomKeysVersion).withRate(Rate.BACKUP),
        put(keys, this::putRoomKeys),
        Route.get(keys, Access.USER, this::getRoomKeys),
        Route.delete(keys, Access.USER, this::deleteRoomKeys).withRate(Rate.BACKUP),
        put(room, this::putRoomKeysByRoomId),
        Route.get(room, Access.USER, this::getRoomKeysByRoomId),
        Route.delete(room, Access.USER, this::deleteRoomKeysByRoomId).withRate(Rate.BACKUP),
        put(session, this::putRoomKeyBySessionId),
        Route.get(session, Access.USER, this::getRoomKeyBySessionId),
        Route.delete(session, Access.USER, this::deleteRoomKeyBySessionId).withRate(Rate.BACKUP));
  }

  private static Route put(String path, Handler handler) {
    return Route.put(path, Access.USER, handler)
        .withBodyLimit(BODY_LIMIT_BYTES)
        .withRate(Rate.BACKUP);
  }

  private Object postRoomKeysVersion(Request request) {
    Version body = request.body(Version.class);
    long version = backups.create(request.user(), body.algorithm, body.authData);
    return new Created(Long.toString(version));
  }

  private Object getRoomKeysVersionCurrent(Request request) {
    return Described.of(backups.latest(request.user()));
  }

  private Object getRoomKeysVersion(Request request) {
    return Described.of(backups.get(request.user(), request.path("version")));
  }

  private Object putRoomKeysVersion(Request request) {
    Version body = request.body(Version.class);
    String version = request.path("version");
    if (body.version != null && !body.version.equals(version)) {
      throw MatrixException.invalidParam("The body names another version than the path.");
    }
    backups.update(request.user(), version, body.algorithm, body.authData);
    return Json.object();
  }

  private Object deleteRoomKeysVersion(Request request) {
    backups.delete(request.user(), request.path("version"));
    return Json.object();
  }

  private Object putRoomKeys(Request request) {
    String version = request.requireQuery("version");
    List<BackedUpKey> keys = new ArrayList<>();
    request
        .body(Rooms.class)
        .rooms
        .forEach((room, sessions) -> add(keys, new RoomId(room), sessions));
    return Updated.of(backups.put(request.user(), version, keys));
  }

  private Object putRoomKeysByRoomId(Request request) {
    String version = request.requireQuery("version");
    List<BackedUpKey> keys = new ArrayList<>();
    add(keys, request.roomId(), request.body(Sessions.class));
    return Updated.of(backups.put(request.user(), version, keys));
  }

  private static void add(List<BackedUpKey> keys, RoomId room, Sessions sessions) {
    sessions.sessions.forEach((id, session) -> keys.add(session.of(room, id)));
  }

  private Object putRoomKeyBySessionId(Request request) {
    String version = request.requireQuery("version");
    BackedUpKey key = request.body(Session.class).of(request.roomId(), request.path("sessionId"));
    return Updated.of(backups.put(request.user(), version, List.of(key)));
  }

  private Object getRoomKeys(Request request) {
    return all(request, Selection.ALL);
  }

  private Object getRoomKeysByRoomId(Request request) {
    return all(request, Selection.of(request.roomId()));
  }

  private Object getRoomKeyBySessionId(Request request) {
    Selection which = Selection.of(request.roomId(), request.path("sessionId"));
    List<BackedUpKey> keys =
        backups.page(request.user(), request.requireQuery("version"), which, null, 1);
    if (keys.isEmpty()) {
      throw MatrixException.notFound("The backup has no key of this session.");
    }
    return bytes(KeyBackupStream.json(keys.getFirst()));
  }

  /// A backup that fills one page is sent whole, a larger one as it is read.
  private Response all(Request request, Selection which) {
    UserId user = request.user();
    String version = request.requireQuery("version");
    KeyBackupStream keys =
        new KeyBackupStream(
            which.room() == null,
            last -> backups.page(user, version, which, last, KeyBackupStream.PAGE));
    return keys.isOnePage()
        ? bytes(keys.readAllBytes())
        : new Response(200, Map.of(), new Response.Stream(JSON, -1, keys));
  }

  private static Response bytes(byte[] json) {
    return new Response(200, Map.of(), new Response.Bytes(JSON, json));
  }

  private Object deleteRoomKeys(Request request) {
    return delete(request, Selection.ALL);
  }

  private Object deleteRoomKeysByRoomId(Request request) {
    return delete(request, Selection.of(request.roomId()));
  }

  private Object deleteRoomKeyBySessionId(Request request) {
    return delete(request, Selection.of(request.roomId(), request.path("sessionId")));
  }

  private Updated delete(Request request, Selection which) {
    return Updated.of(backups.deleteKeys(request.user(), request.requireQuery("version"), which));
  }
}
