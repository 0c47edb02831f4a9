package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Retries;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Fetches what an answer has left out between the last one and the timeline in it. For one thread.
final class Gaps {
  private static final int PAGE = 100;
  private static final int MOST_PAGES = 10;
  private static final int MOST_FAILURES = 3;

  private final Calls calls;
  private final Handlers handlers;

  // How often a gap that begins at this place could not be filled.
  private @Nullable String failing;
  private int failures;

  Gaps(Calls calls, Handlers handlers) {
    this.calls = calls;
    this.handlers = handlers;
  }

  /// The latest thousand events of the gap, in their order. Where there are more, that is told to
  /// listeners of problems.
  ///
  /// @param from the timeline's `prev_batch`
  /// @param to the place of the last answer
  /// @param unreadable is run for each event that is none
  /// @throws MatrixRequestException if the server does not answer for now: the answer with the gap
  ///   is then to be asked for again. After a few times the gap is told of like one that the server
  ///   refuses to fill, since the news of all other rooms wait for it.
  List<Envelope> fill(RoomId room, @Nullable String from, String to, Runnable unreadable) {
    List<Envelope> backwards = new ArrayList<>();
    String place = from;
    for (int page = 0; place != null && page < MOST_PAGES; page++) {
      ObjectNode answer;
      try {
        answer = calls.send(request(room, place, to));
      } catch (MatrixRequestException e) {
        if (e.kind() == MatrixRequestException.Kind.INTERRUPTED
            || (Retries.isPassing(e) && isWorthAnother(to))) {
          throw e;
        }
        handlers.problem(Problem.Kind.GAP, room, e);
        place = null;
        continue;
      }
      answer
          .path("chunk")
          .forEach(event -> Envelopes.of(room, event).ifPresentOrElse(backwards::add, unreadable));
      String end = answer.path("end").stringValue(null);
      boolean ended = end == null || end.equals(place) || end.equals(to);
      place = ended ? null : end;
    }
    if (place != null) {
      handlers.problem(
          Problem.Kind.GAP,
          room,
          new IllegalStateException("More has happened than what is fetched at once."));
    }
    Collections.reverse(backwards);
    return backwards;
  }

  /// Counted by place, not by room: where many rooms cannot be read, the news wait no longer.
  private boolean isWorthAnother(String to) {
    failures = to.equals(failing) ? failures + 1 : 1;
    failing = to;
    return failures < MOST_FAILURES;
  }

  private static Request request(RoomId room, String from, String to) {
    return Request.get("/_matrix/client/v3/rooms/{}/messages", room.value())
        .query("dir", "b")
        .query("from", from)
        .query("to", to)
        .query("limit", Integer.toString(PAGE));
  }
}
