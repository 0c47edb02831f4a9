package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The answer to a sync.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
public final class SyncResponse {
  // Some clients still ask for the name that this had before it was specified.
  private static final List<String> UNUSED_FALLBACK_TYPES =
      List.of(
          "device_unused_fallback_key_types",
          "org.matrix.msc2732.device_unused_fallback_key_types");

  private final StreamToken next;
  private final List<RoomAnswer.Joined> joined;
  private final List<RoomAnswer.Left> left;
  private final List<RoomAnswer.Invited> invited;
  private final List<RoomAnswer.Knocked> knocked;
  private final DeviceListChanges deviceLists;
  private final List<Fragment> accountData;
  private final List<Fragment> presence;
  private final DeviceNews.@Nullable Part device;

  SyncResponse(
      StreamToken next,
      List<RoomAnswer.Joined> joined,
      List<RoomAnswer.Left> left,
      List<RoomAnswer.Invited> invited,
      List<RoomAnswer.Knocked> knocked,
      DeviceListChanges deviceLists,
      List<Fragment> accountData,
      List<Fragment> presence,
      DeviceNews.@Nullable Part device) {
    this.next = next;
    this.joined = joined;
    this.left = left;
    this.invited = invited;
    this.knocked = knocked;
    this.deviceLists = deviceLists;
    this.accountData = accountData;
    this.presence = presence;
    this.device = device;
  }

  /// An answer without news.
  static SyncResponse nothing(StreamToken next, DeviceNews.@Nullable Part device) {
    return new SyncResponse(
        next,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        DeviceListChanges.NONE,
        List.of(),
        List.of(),
        device);
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
        && presence.isEmpty()
        && (device == null || !device.isNews());
  }

  /// Writes the answer; stored events are copied as the bytes they are.
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("next_batch", next.toString());
    if (!deviceLists.isEmpty()) {
      out.writeName("device_lists");
      deviceLists.write(out);
    }
    if (device != null) {
      write(out, device);
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

  private static void write(JsonGenerator out, DeviceNews.Part device) {
    if (!device.messages().isEmpty()) {
      out.writeObjectPropertyStart("to_device");
      out.writeArrayPropertyStart("events");
      device.messages().forEach(message -> out.writeRawValue(new RawJson(message)));
      out.writeEndArray();
      out.writeEndObject();
    }
    out.writeObjectPropertyStart("device_one_time_keys_count");
    device.keyCounts().forEach((algorithm, count) -> out.writeNumberProperty(algorithm, count));
    out.writeEndObject();
    for (String name : UNUSED_FALLBACK_TYPES) {
      out.writeArrayPropertyStart(name);
      device.unusedFallbackTypes().forEach(algorithm -> out.writeString(algorithm));
      out.writeEndArray();
    }
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
