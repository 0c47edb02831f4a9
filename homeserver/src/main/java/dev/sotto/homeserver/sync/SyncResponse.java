package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.StreamToken;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// The answer to a sync.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
public final class SyncResponse {
  private final StreamToken next;
  private final List<RoomAnswer.Joined> joined;
  private final List<RoomAnswer.Left> left;
  private final List<RoomAnswer.Invited> invited;
  private final List<RoomAnswer.Knocked> knocked;
  private final DeviceListChanges deviceLists;
  private final List<Fragment> accountData;
  private final List<Fragment> presence;

  SyncResponse(
      StreamToken next,
      List<RoomAnswer.Joined> joined,
      List<RoomAnswer.Left> left,
      List<RoomAnswer.Invited> invited,
      List<RoomAnswer.Knocked> knocked,
      DeviceListChanges deviceLists,
      List<Fragment> accountData,
      List<Fragment> presence) {
    this.next = next;
    this.joined = joined;
    this.left = left;
    this.invited = invited;
    this.knocked = knocked;
    this.deviceLists = deviceLists;
    this.accountData = accountData;
    this.presence = presence;
  }

  /// Where the next sync goes on.
  public StreamToken next() {
    return next;
  }

  /// Whether there is nothing in it that is worth an answer before the time is up.
  boolean isEmpty() {
    return joined.isEmpty()
        && left.isEmpty()
        && invited.isEmpty()
        && knocked.isEmpty()
        && deviceLists.isEmpty()
        && accountData.isEmpty()
        && presence.isEmpty();
  }

  /// Writes the answer; stored events are copied as the bytes they are.
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("next_batch", next.toString());
    if (!deviceLists.isEmpty()) {
      out.writeName("device_lists");
      deviceLists.write(out);
    }
    write(out, "account_data", accountData);
    write(out, "presence", presence);
    Map<String, List<? extends RoomAnswer>> sections =
        Map.of("join", joined, "leave", left, "invite", invited, "knock", knocked);
    if (sections.values().stream().anyMatch(rooms -> !rooms.isEmpty())) {
      out.writeObjectPropertyStart("rooms");
      sections.forEach((name, rooms) -> rooms(out, name, rooms));
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, List<Fragment> events) {
    if (!events.isEmpty()) {
      out.writeObjectPropertyStart(name);
      out.writeArrayPropertyStart("events");
      events.forEach(event -> event.write(out));
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  private static void rooms(JsonGenerator out, String name, List<? extends RoomAnswer> rooms) {
    if (rooms.isEmpty()) {
      return;
    }
    out.writeObjectPropertyStart(name);
    for (RoomAnswer room : rooms) {
      out.writeName(room.id().value());
      room.write(out);
    }
    out.writeEndObject();
  }
}
