package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A room whose events are made up, with positions from 1.
final class PretendRoom implements RoomContext {
  static final long NUMBER = 1;

  record PretendEvent(
      long position,
      EventId id,
      long room,
      String type,
      UserId sender,
      @Nullable String stateKey,
      ObjectNode content,
      @Nullable EventId thread,
      long redactedPosition,
      boolean isRedacted)
      implements UnreadEvent {
    @Override
    public long sentAt() {
      return position;
    }
  }

  final List<UnreadEvent> events = new ArrayList<>();
  int members = 2;
  boolean mayNotify = true;

  private static ObjectNode json(String json) {
    return Json.parseObject(json.replace('\'', '"'));
  }

  private UnreadEvent add(
      UserId sender,
      String type,
      @Nullable String stateKey,
      String content,
      @Nullable EventId thread,
      long redacts,
      boolean redacted) {
    long position = events.size() + 1L;
    UnreadEvent event =
        new PretendEvent(
            position,
            new EventId("$" + position),
            NUMBER,
            type,
            sender,
            stateKey,
            json(content),
            thread,
            redacts,
            redacted);
    events.add(event);
    return event;
  }

  UnreadEvent event(UserId sender, String type, String content) {
    return add(sender, type, null, content, null, 0, false);
  }

  UnreadEvent state(UserId sender, String type, String stateKey, String content) {
    return add(sender, type, stateKey, content, null, 0, false);
  }

  UnreadEvent message(UserId sender) {
    return event(sender, "m.room.encrypted", "{}");
  }

  UnreadEvent inThread(UserId sender, UnreadEvent root) {
    return add(sender, "m.room.encrypted", null, "{}", root.id(), 0, false);
  }

  UnreadEvent redaction(UserId sender, UnreadEvent target) {
    return add(sender, "m.room.redaction", null, "{}", null, target.position(), false);
  }

  UnreadEvent redactedMessage(UserId sender) {
    return add(sender, "m.room.encrypted", null, "{}", null, 0, true);
  }

  @Override
  public RoomId id() {
    return new RoomId("!room:example.org");
  }

  @Override
  public int joinedMembers() {
    return members;
  }

  @Override
  public boolean mayNotify(UserId sender, String kind) {
    return mayNotify && kind.equals("room");
  }

  @Override
  public @Nullable String displayName(UserId user) {
    return user.value().startsWith("@alice") ? "Alice (A.)" : null;
  }
}
