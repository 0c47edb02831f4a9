package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.EventViews;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What requests that page through rooms have in common, and their answers.
final class RoomAnswers {
  private static final int MAX_LIMIT = 1000;

  private RoomAnswers() {}

  static EventViews.Viewer viewer(Request request) {
    return new EventViews.Viewer(request.user(), request.caller().device());
  }

  /// The `limit` parameter, clamped to what one answer holds.
  static int limit(Request request, int otherwise) {
    return (int) Math.min(MAX_LIMIT, request.queryNumber("limit", otherwise));
  }

  /// Whether `dir` asks for going back; `M_INVALID_PARAM` if it is neither `b` nor `f`.
  static boolean backwards(@Nullable String dir) {
    return switch (dir) {
      case "b" -> true;
      case "f" -> false;
      case null, default -> throw MatrixException.invalidParam("'dir' must be 'b' or 'f'.");
    };
  }

  /// The position of a token parameter.
  static long position(Request request, String parameter, long otherwise) {
    String token = request.query(parameter);
    return token == null ? otherwise : StreamToken.parse(parameter, token).position();
  }

  /// The `filter` parameter, a filter given inline.
  static RoomEventFilter filter(Request request) {
    String json = request.query("filter");
    return json == null || json.isEmpty()
        ? RoomEventFilter.ALL
        : RoomEventFilter.of(Json.parseObject(json));
  }

  /// Writes events that stand alone.
  static void array(JsonGenerator out, List<EventView> events) {
    out.writeStartArray();
    events.forEach(event -> event.write(out));
    out.writeEndArray();
  }

  static void array(JsonGenerator out, String name, List<EventView> events) {
    out.writeName(name);
    array(out, events);
  }

  static void token(JsonGenerator out, String name, @Nullable Long position) {
    if (position != null) {
      out.writeStringProperty(name, StreamToken.at(position).toString());
    }
  }
}
