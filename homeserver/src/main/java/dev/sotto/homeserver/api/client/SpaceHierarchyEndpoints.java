package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.RoomSummaries;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The rooms of a space.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#querying-rooms-within-a-space
public final class SpaceHierarchyEndpoints {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;
  private static final int MAX_DEPTH = 20;

  private final RoomSummaries summaries;

  public SpaceHierarchyEndpoints(RoomSummaries summaries) {
    this.summaries = summaries;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/_matrix/client/v1/rooms/{roomId}/hierarchy", Access.USER, this::getSpaceHierarchy));
  }

  private Object getSpaceHierarchy(Request request) {
    long wanted = request.queryNumber("limit", DEFAULT_LIMIT);
    if (wanted == 0) {
      throw MatrixException.invalidParam("'limit' must be greater than zero.");
    }
    int limit = (int) Math.min(MAX_LIMIT, wanted);
    int depth = (int) Math.min(MAX_DEPTH, request.queryNumber("max_depth", MAX_DEPTH));
    boolean suggestedOnly = request.queryFlag("suggested_only", false);
    // A page goes on only with what the one before it was asked for.
    String series = "_" + depth + (suggestedOnly ? "_suggested" : "");
    int skip = skipped(request.query("from"), series);
    List<ObjectNode> rooms =
        summaries.tree(
            request.roomId(),
            request.user(),
            new RoomSummaries.TreePage(skip, limit, depth, suggestedOnly));
    ObjectNode answer = Json.object();
    answer.putArray("rooms").addAll(rooms.subList(0, Math.min(limit, rooms.size())));
    if (rooms.size() > limit) {
      answer.put("next_batch", (skip + limit) + series);
    }
    return answer;
  }

  private static int skipped(@Nullable String token, String series) {
    if (token == null) {
      return 0;
    }
    String digits =
        token.endsWith(series) ? token.substring(0, token.length() - series.length()) : "";
    if (!digits.matches("[0-9]{1,6}")) {
      throw MatrixException.invalidParam(
          "'from' is no token of this server, or not one for these parameters.");
    }
    return Integer.parseInt(digits);
  }
}
