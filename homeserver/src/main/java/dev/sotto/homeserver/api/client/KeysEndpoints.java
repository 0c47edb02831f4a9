package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.keys.DeviceLists;
import dev.sotto.homeserver.keys.KeyQueries;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.keys.KeyUpload;
import dev.sotto.homeserver.keys.SharingChanges;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Publishes, finds and claims device keys.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-management-api
public final class KeysEndpoints {
  private record Uploaded(Map<String, Long> oneTimeKeyCounts) {}

  private record Query(@Nullable Long timeout, Map<String, List<String>> deviceKeys) {}

  private record Claim(@Nullable Long timeout, Map<String, Map<String, String>> oneTimeKeys) {}

  private record Changes(List<String> changed, List<String> left) {}

  /// Why a server's users are missing from an answer.
  private record Failure(int status, String message) {}

  private static final Failure NO_FEDERATION =
      new Failure(503, "This server does not talk to other servers.");

  private final KeyServices keys;
  private final SharingChanges sharing;
  private final ServerName server;

  public KeysEndpoints(KeyServices keys, SharingChanges sharing, ServerName server) {
    this.keys = keys;
    this.sharing = sharing;
    this.server = server;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/_matrix/client/v3/keys/upload", Access.GUEST, this::uploadKeys)
            .withRate(Rate.CHANGE),
        Route.post("/_matrix/client/v3/keys/query", Access.GUEST, this::queryKeys),
        Route.post("/_matrix/client/v3/keys/claim", Access.GUEST, this::claimKeys)
            .withRate(Rate.TO_DEVICE),
        Route.get("/_matrix/client/v3/keys/changes", Access.USER, this::getKeysChanges));
  }

  private Object uploadKeys(Request request) {
    DeviceId device = request.caller().requireDevice();
    KeyUpload upload = KeyUpload.of(request.bodyObject(), request.user(), device, keys.gate());
    return new Uploaded(keys.deviceKeys().upload(request.user(), device, upload));
  }

  private Object queryKeys(Request request) {
    Asked<List<String>> asked = ask(request.body(Query.class).deviceKeys);
    KeyQueries.Keys found = keys.queries().query(request.user(), asked.here);
    return (JsonBody)
        out -> {
          out.writeStartObject();
          failures(out, asked);
          out.writeName("device_keys");
          twoLevels(out, found.devices());
          oneLevel(out, "master_keys", found.masters());
          oneLevel(out, "self_signing_keys", found.selfSigning());
          oneLevel(out, "user_signing_keys", found.userSigning());
          out.writeEndObject();
        };
  }

  private Object claimKeys(Request request) {
    Asked<Map<String, String>> asked = ask(request.body(Claim.class).oneTimeKeys);
    Map<UserId, Map<String, Map<String, String>>> claimed =
        keys.oneTimeKeys().claim(asked.here).keys();
    return (JsonBody)
        out -> {
          out.writeStartObject();
          failures(out, asked);
          out.writeObjectPropertyStart("one_time_keys");
          claimed.forEach(
              (user, devices) -> {
                out.writeName(user.value());
                out.writeStartObject();
                devices.forEach((device, named) -> oneLevel(out, device, named));
                out.writeEndObject();
              });
          out.writeEndObject();
          out.writeEndObject();
        };
  }

  private Object getKeysChanges(Request request) {
    long from = StreamToken.parse("from", request.requireQuery("from")).position();
    long to = StreamToken.parse("to", request.requireQuery("to")).position();
    DeviceLists.Changes changes = keys.deviceLists().changes(request.user(), from, to, sharing);
    return new Changes(
        changes.changed().stream().map(UserId::value).sorted().toList(),
        changes.left().stream().map(UserId::value).sorted().toList());
  }

  /// What is asked about users of this server, and of which other servers something is asked.
  private record Asked<T>(Map<UserId, T> here, Map<String, Failure> elsewhere) {}

  private <T> Asked<T> ask(Map<String, T> wanted) {
    Asked<T> asked = new Asked<>(new HashMap<>(), new TreeMap<>());
    wanted.forEach(
        (id, value) -> {
          UserId user = new UserId(id);
          if (user.isOn(server)) {
            asked.here.put(user, value);
          } else {
            asked.elsewhere.put(user.server().value(), NO_FEDERATION);
          }
        });
    return asked;
  }

  private static void failures(JsonGenerator out, Asked<?> asked) {
    out.writeName("failures");
    out.writePOJO(asked.elsewhere);
  }

  private static void twoLevels(JsonGenerator out, Map<UserId, Map<String, String>> keys) {
    out.writeStartObject();
    keys.forEach((user, devices) -> oneLevel(out, user.value(), devices));
    out.writeEndObject();
  }

  /// Writes an object whose values are JSON already.
  private static void oneLevel(JsonGenerator out, String name, Map<?, String> values) {
    out.writeObjectPropertyStart(name);
    values.forEach(
        (key, json) -> {
          out.writeName(key.toString());
          out.writeRawValue(json);
        });
    out.writeEndObject();
  }
}
