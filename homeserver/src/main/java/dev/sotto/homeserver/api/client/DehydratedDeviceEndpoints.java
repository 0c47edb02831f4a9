package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.dehydration.DehydratedDevice;
import dev.sotto.homeserver.dehydration.DehydratedDevices;
import dev.sotto.homeserver.dehydration.DehydratedUpload;
import dev.sotto.homeserver.dehydration.Dehydration;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.homeserver.todevice.ToDeviceBatch;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.RawJson;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Devices that live on the server alone, under the paths of the proposal that Element uses.
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
public final class DehydratedDeviceEndpoints {
  private static final String DEVICE =
      "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
  private static final int MAX_EVENTS = 100;

  private record Named(String deviceId) {}

  private record Stored(String deviceId, ObjectNode deviceData) {}

  private record EventsBody(@Nullable String nextBatch) {}

  private final DehydratedDevices dehydrated;
  private final Dehydration dehydration;
  private final KeyServices keys;
  private final ToDevice toDevice;
  private final Journal journal;
  private final Users users;

  public DehydratedDeviceEndpoints(
      DehydratedDevices dehydrated,
      Dehydration dehydration,
      KeyServices keys,
      ToDevice toDevice,
      Journal journal,
      Users users) {
    this.dehydrated = dehydrated;
    this.dehydration = dehydration;
    this.keys = keys;
    this.toDevice = toDevice;
    this.journal = journal;
    this.users = users;
  }

  public List<Route> routes() {
    String events = DEVICE + "/{deviceId}/events";
    return List.of(
        Route.get(DEVICE, Access.USER, this::getDehydratedDevice),
        Route.put(DEVICE, Access.USER, this::putDehydratedDevice).withRate(Rate.CHANGE),
        Route.delete(DEVICE, Access.USER, this::deleteDehydratedDevice),
        Route.get(events, Access.USER, this::getEvents),
        Route.post(events, Access.USER, this::postEvents));
  }

  private Object getDehydratedDevice(Request request) {
    DehydratedDevice device =
        dehydrated
            .find(number(request))
            .orElseThrow(() -> MatrixException.notFound("You have no dehydrated device."));
    return new Stored(device.id().value(), device.data());
  }

  private Object putDehydratedDevice(Request request) {
    DehydratedUpload upload =
        DehydratedUpload.of(request.bodyObject(), request.user(), keys.gate());
    dehydration.put(request.user(), number(request), upload);
    return new Named(upload.device().value());
  }

  private Object deleteDehydratedDevice(Request request) {
    return new Named(dehydration.delete(number(request)).value());
  }

  private Object getEvents(Request request) {
    long to = journal.head();
    ToDeviceBatch batch = batch(request, "from", request.query("from"), to);
    return answer(batch, batch.last() < to);
  }

  /// An earlier draft's way, in which clients ask until nothing comes.
  private Object postEvents(Request request) {
    String from = request.optionalBody(EventsBody.class).nextBatch;
    return answer(batch(request, "next_batch", from, journal.head()), true);
  }

  /// Nothing is deleted: a client that is interrupted begins again. All goes with the device.
  private ToDeviceBatch batch(Request request, String parameter, @Nullable String from, long to) {
    DeviceId device = new DeviceId(request.path("deviceId"));
    long user = number(request);
    Optional<DehydratedDevice> own = dehydrated.find(user);
    if (own.isEmpty() || !own.get().id().equals(device)) {
      throw MatrixException.forbidden("This is not your dehydrated device.");
    }
    int limit = (int) Math.clamp(request.queryNumber("limit", MAX_EVENTS), 1L, MAX_EVENTS);
    long since = from == null ? 0 : StreamToken.parse(parameter, from).position();
    return toDevice.since(user, device, since, to, limit);
  }

  private static Object answer(ToDeviceBatch batch, boolean goesOn) {
    return (JsonBody)
        out -> {
          out.writeStartObject();
          out.writeArrayPropertyStart("events");
          batch.messages().forEach(message -> out.writeRawValue(new RawJson(message)));
          out.writeEndArray();
          if (goesOn) {
            out.writeStringProperty("next_batch", StreamToken.at(batch.last()).toString());
          }
          out.writeEndObject();
        };
  }

  private long number(Request request) {
    return users.number(request.user());
  }
}
