package dev.sotto.client.interop;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupCreate;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeyQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeys;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupVersionQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.RoomMessage;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.client.interop.Reading.Cause;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device whose machine is matrix-sdk-crypto, the library inside Element.
final class RustMachine extends Peer {
  private final LineProcess machines;
  private final String name;
  private Recipients recipients = Recipients.ALL_DEVICES;

  /// Makes the machine in a process that runs `machine.mjs`.
  RustMachine(LineProcess machines, FakeHomeserver server, Endpoint endpoint) {
    super(server, endpoint);
    this.machines = machines;
    this.name = endpoint.user() + " " + endpoint.device() + " " + System.identityHashCode(this);
    call(
        "create",
        Json.object()
            .put("user", endpoint.user().value())
            .put("device", endpoint.device().value()));
  }

  /// Calls the machine; what calls there are is in `calls.mjs`.
  JsonNode call(String call, ObjectNode given) {
    ObjectNode message = Json.object().put("machine", name).put("call", call);
    message.set("arguments", given);
    return machines.call(message);
  }

  private JsonNode call(String call) {
    return call(call, Json.object());
  }

  private static ObjectNode users(Collection<UserId> users) {
    ObjectNode given = Json.object();
    users.stream().map(UserId::value).forEach(given.putArray("users")::add);
    return given;
  }

  private static ObjectNode device(Endpoint of) {
    return user(of.user()).put("device", of.device().value());
  }

  private static ObjectNode user(UserId user) {
    return Json.object().put("user", user.value());
  }

  private static ObjectNode flow(UserId other, String flow) {
    return user(other).put("flow", flow);
  }

  private static OutgoingRequest request(JsonNode request) {
    String id = request.path("id").stringValue("");
    ObjectNode body = (ObjectNode) request.path("body");
    String eventType = request.path("eventType").stringValue("");
    return switch (request.path("type").stringValue("")) {
      case "KeysUpload" -> new KeysUpload(id, body);
      case "KeysQuery" -> new KeysQuery(id, body);
      case "KeysClaim" -> new KeysClaim(id, body);
      case "ToDevice" -> new ToDevice(id, eventType, body);
      case "SigningKeysUpload" -> new CrossSigningUpload(id, body);
      case "SignatureUpload" -> new SignaturesUpload(id, body);
      case "RoomMessage" ->
          new RoomMessage(id, new RoomId(request.path("room").stringValue()), eventType, body);
      case "KeysBackup" -> new BackupKeys(id, request.path("version").stringValue(), body);
      default -> throw new IllegalStateException("unknown request " + request);
    };
  }

  private static String type(OutgoingRequest request) {
    return switch (request) {
      case KeysUpload _ -> "KeysUpload";
      case KeysQuery _ -> "KeysQuery";
      case KeysClaim _ -> "KeysClaim";
      case ToDevice _ -> "ToDevice";
      case SignaturesUpload _ -> "SignatureUpload";
      case RoomMessage _ -> "RoomMessage";
      case BackupKeys _ -> "KeysBackup";
      case CrossSigningUpload _, BackupVersionQuery _, BackupCreate _, BackupKeyQuery _ ->
          throw new IllegalStateException("nobody waits for its answer");
    };
  }

  private void sendAll(JsonNode requests) {
    for (JsonNode request : requests) {
      sendOne(request);
    }
  }

  private void sendOne(JsonNode request) {
    if (!request.isNull()) {
      send(request(request));
    }
  }

  @Override
  void restart() {
    // Its state is in memory.
  }

  @Override
  List<OutgoingRequest> outgoing() {
    List<OutgoingRequest> requests = new ArrayList<>();
    call("outgoing").forEach(request -> requests.add(request(request)));
    if (requests.isEmpty()) {
      // By itself, since the machine wants no second one before the first one's answer.
      JsonNode claim = call("claim", users(List.of()));
      if (!claim.isNull()) {
        requests.add(request(claim));
      }
    }
    return requests;
  }

  @Override
  void refused(OutgoingRequest request, String errcode) {
    throw new IllegalStateException(request.id() + " was refused: " + errcode);
  }

  @Override
  void sent(OutgoingRequest request, ObjectNode answer) {
    if (!request.id().isEmpty()) {
      ObjectNode given = Json.object().put("id", request.id()).put("type", type(request));
      given.set("answer", answer);
      call("sent", given);
    }
  }

  @Override
  void receive(ObjectNode sync) {
    // One by one: of two keys to a session that come together the library keeps the later one, be
    // it the worse.
    for (JsonNode event : sync.path("to_device").path("events")) {
      receive(sync, List.of(event), List.of(), List.of());
    }
    JsonNode lists = sync.path("device_lists");
    receive(sync, List.of(), lists.path("changed").values(), lists.path("left").values());
  }

  private void receive(
      ObjectNode sync,
      Collection<JsonNode> events,
      Collection<JsonNode> changed,
      Collection<JsonNode> left) {
    ObjectNode given = Json.object();
    given.putArray("toDevice").addAll(events);
    given.putArray("changed").addAll(changed);
    given.putArray("left").addAll(left);
    given.set("oneTimeKeys", sync.path("device_one_time_keys_count"));
    given.set("fallbackKeys", sync.path("device_unused_fallback_key_types"));
    call("receive", given);
  }

  @Override
  void track(Set<UserId> users) {
    call("track", users(users));
    send();
  }

  @Override
  void sendTo(Recipients wanted) {
    recipients = wanted;
  }

  @Override
  ObjectNode encrypt(RoomId room, String type, ObjectNode content) {
    Set<UserId> members = server.rooms.members(room);
    track(members);
    sendOne(call("claim", users(members)));
    ObjectNode share = users(members).put("room", room.value());
    share.put("to", recipients == Recipients.ALL_DEVICES ? "allDevices" : "identityBasedStrategy");
    sendAll(call("share", share));
    ObjectNode given = Json.object().put("room", room.value()).put("type", type);
    given.set("content", content);
    return (ObjectNode) call("encrypt", given);
  }

  @Override
  Reading decrypt(RoomId room, ObjectNode event) {
    ObjectNode given = Json.object().put("room", room.value());
    given.set("event", event);
    JsonNode answer = call("decrypt", given);
    if (answer.has("refused")) {
      return new Reading.Refused(cause(answer), answer.path("description").stringValue(""));
    }
    String shield = answer.path("shield").stringValue();
    if (shield.equals("MismatchedSender")) {
      return new Reading.Refused(Cause.WRONG_SENDER, shield);
    }
    return new Reading.Clear(
        new UserId(answer.path("sender").stringValue()),
        answer.path("event").path("type").stringValue(),
        (ObjectNode) answer.path("event").path("content"),
        trust(shield),
        Optional.ofNullable(answer.path("forwarder").stringValue(null)).map(UserId::new));
  }

  private static Cause cause(JsonNode answer) {
    if (!answer.path("withheld").isNull()) {
      return Cause.WITHHELD;
    }
    return switch (answer.path("refused").stringValue("")) {
      case "MissingRoomKey" -> Cause.UNKNOWN_SESSION;
      case "UnknownMessageIndex" -> Cause.UNKNOWN_INDEX;
      case "MismatchedIdentityKeys", "MismatchedSender" -> Cause.WRONG_SENDER;
      default -> Cause.UNREADABLE;
    };
  }

  private static Trust trust(String shield) {
    return switch (shield) {
      case "None" -> Trust.VERIFIED;
      case "UnverifiedIdentity" -> Trust.SIGNED;
      case "UnsignedDevice" -> Trust.UNSIGNED;
      case "VerificationViolation" -> Trust.OWNER_CHANGED;
      default -> Trust.UNKNOWN;
    };
  }

  @Override
  void rotate(RoomId room) {
    call("discardSession", Json.object().put("room", room.value()));
  }

  @Override
  void bootstrapCrossSigning() {
    sendAll(call("bootstrap", Json.object().put("reset", true)));
  }

  @Override
  boolean hasPrivateIdentity() {
    JsonNode status = call("crossSigningStatus");
    return status.path("hasMaster").booleanValue()
        && status.path("hasSelfSigning").booleanValue()
        && status.path("hasUserSigning").booleanValue();
  }

  @Override
  Trust trust(Peer other) {
    JsonNode found = call("device", device(other.endpoint));
    if (found.path("crossSigningTrusted").booleanValue()) {
      return Trust.VERIFIED;
    }
    if (!found.path("crossSigned").booleanValue()) {
      return Trust.UNSIGNED;
    }
    return call("identity", user(other.user())).path("violated").booleanValue()
        ? Trust.OWNER_CHANGED
        : Trust.SIGNED;
  }

  @Override
  String requestVerification(Peer other) {
    JsonNode made = call("requestOfDevice", device(other.endpoint));
    sendOne(made.path("request"));
    return made.path("flow").stringValue();
  }

  @Override
  String requestVerification(UserId other, RoomId room) {
    JsonNode content = call("requestContent", user(other));
    String event = say(room, "m.room.message", (ObjectNode) content);
    return call("requestInRoom", user(other).put("room", room.value()).put("event", event))
        .stringValue();
  }

  @Override
  void hearVerification(RoomId room, ObjectNode event) {
    ObjectNode given = Json.object().put("room", room.value());
    given.set("event", event);
    call("roomEvent", given);
  }

  @Override
  void acceptVerification(UserId other, String flow) {
    sendOne(call("acceptRequest", flow(other, flow)));
  }

  @Override
  void startSas(UserId other, String flow) {
    sendOne(call("startSas", flow(other, flow)));
  }

  @Override
  void acceptSas(UserId other, String flow) {
    sendOne(call("acceptSas", flow(other, flow)));
  }

  @Override
  List<String> emoji(UserId other, String flow) {
    List<String> signs = new ArrayList<>();
    call("verification", flow(other, flow))
        .path("emoji")
        .forEach(sign -> signs.add(sign.stringValue()));
    return signs;
  }

  @Override
  List<Integer> decimals(UserId other, String flow) {
    List<Integer> numbers = new ArrayList<>();
    call("verification", flow(other, flow))
        .path("decimals")
        .forEach(number -> numbers.add(number.intValue()));
    return numbers;
  }

  @Override
  void confirmSas(UserId other, String flow) {
    sendAll(call("confirmSas", flow(other, flow)));
  }

  @Override
  void denySas(UserId other, String flow) {
    sendOne(call("denySas", flow(other, flow)));
  }

  @Override
  byte[] showCode(UserId other, String flow) {
    return Base64.getDecoder().decode(call("showCode", flow(other, flow)).stringValue());
  }

  @Override
  void scanCode(UserId other, String flow, byte[] code) {
    String base64 = Base64.getEncoder().encodeToString(code);
    sendOne(call("scanCode", flow(other, flow).put("code", base64)));
  }

  @Override
  void confirmScan(UserId other, String flow) {
    sendOne(call("confirmScan", flow(other, flow)));
  }

  @Override
  Phase phase(UserId other, String flow) {
    JsonNode found = call("verification", flow(other, flow));
    if (!found.path("cancelled").isNull()) {
      return Phase.CANCELLED;
    }
    return switch (found.path("phase").stringValue("")) {
      case "Created", "Requested" -> Phase.REQUESTED;
      case "Ready" -> Phase.READY;
      case "Transitioned" -> found.path("done").booleanValue() ? Phase.DONE : Phase.STARTED;
      case "Done" -> Phase.DONE;
      default -> Phase.CANCELLED;
    };
  }

  @Override
  String createBackup() {
    JsonNode key = call("newBackupKey");
    ObjectNode auth = Json.object().put("public_key", key.path("public").stringValue());
    String text = new String(CanonicalJson.encode(auth), StandardCharsets.UTF_8);
    auth.set("signatures", call("sign", Json.object().put("text", text)));
    ObjectNode about = Json.object().put("algorithm", "m.megolm_backup.v1.curve25519-aes-sha2");
    about.set("auth_data", auth);
    String version = server.backups.create(user(), about);
    String secret = key.path("secret").stringValue();
    call("enableBackup", Json.object().put("secret", secret).put("version", version));
    return secret;
  }

  @Override
  boolean trustsBackup() {
    ObjectNode given = Json.object();
    given.set("backup", server.backups.about(user()));
    return call("verifyBackup", given).booleanValue();
  }

  @Override
  void backUp() {
    JsonNode request = call("backUp");
    while (!request.isNull()) {
      sendOne(request);
      request = call("backUp");
    }
  }

  @Override
  int restoreBackup(String privateKey) {
    ObjectNode given = server.backups.keys(user()).put("secret", privateKey);
    given.set("version", server.backups.about(user()).path("version"));
    return call("restore", given).intValue();
  }

  @Override
  void requestSecrets() {
    call("requestSecrets");
    send();
  }

  @Override
  boolean hasBackupKey() {
    for (JsonNode secret : call("secrets")) {
      if (secret.path("name").stringValue("").equals("m.megolm_backup.v1")) {
        return true;
      }
    }
    return false;
  }

  @Override
  String exportKeys(String passphrase) {
    return call("exportKeys", Json.object().put("passphrase", passphrase)).stringValue();
  }

  @Override
  int importKeys(String file, String passphrase) {
    ObjectNode given = Json.object().put("file", file).put("passphrase", passphrase);
    return call("importKeys", given).intValue();
  }

  @Override
  void shareHistory(RoomId room, UserId with) {
    JsonNode bundle = call("buildHistory", Json.object().put("room", room.value()));
    String url = server.upload(Base64.getDecoder().decode(bundle.path("file").stringValue()));
    track(Set.of(with));
    sendOne(call("claim", users(Set.of(with))));
    ObjectNode given = user(with).put("room", room.value()).put("url", url);
    given.set("secrets", bundle.path("secrets"));
    sendAll(call("shareHistory", given));
  }

  @Override
  void takeHistory(RoomId room, UserId from) {
    // It takes keys only from somebody whose device it knows to be theirs.
    track(Set.of(from));
    ObjectNode given = user(from).put("room", room.value());
    String url = call("offeredHistory", given).stringValue();
    call(
        "takeHistory", given.put("file", Base64.getEncoder().encodeToString(server.download(url))));
  }

  @Override
  void dehydrate(String key) {
    ObjectNode given = Json.object().put("key", key).put("name", "asleep");
    server.dehydrate(user(), (ObjectNode) call("dehydrate", given));
  }

  @Override
  void rehydrate(String key) {
    ObjectNode sleeper = server.dehydrated(user());
    ObjectNode given = Json.object().put("key", key);
    given.set("device", sleeper.path("device_id"));
    given.set("data", sleeper.path("device_data"));
    given.putArray("events").addAll(server.dehydratedEvents(user()));
    call("rehydrate", given);
  }

  /// The codes that others gave for not sharing a session.
  List<String> withheld() {
    List<String> codes = new ArrayList<>();
    call("withheld").forEach(each -> codes.add(each.path("code").stringValue()));
    return codes;
  }

  /// The keys of the device: its Curve25519 and Ed25519 key.
  Optional<String> fingerprint() {
    return Optional.ofNullable(call("keys").path("ed25519").stringValue(null));
  }

  @Override
  public void close() {
    call("close");
  }
}
