package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.IdentityChange;
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
import dev.sotto.client.encryption.verification.VerificationMessage;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Gathers what the parts want to be sent, and tells each what came of its own. Not for several
/// threads.
final class Outgoing {
  private static final String NOT_FOUND = "M_NOT_FOUND";
  private static final String LIMITED = "M_LIMIT_EXCEEDED";
  private static final Set<String> NO_BACKUP = Set.of(NOT_FOUND, "M_WRONG_ROOM_KEYS_VERSION");

  /// What the server will not take later either.
  private static final Set<String> HOPELESS =
      Set.of(
          "M_FORBIDDEN",
          "M_BAD_JSON",
          "M_NOT_JSON",
          "M_TOO_LARGE",
          "M_INVALID_PARAM",
          "M_MISSING_PARAM",
          "M_UNRECOGNIZED");

  /// How often a message is refused, for whatever else, before it is given up.
  private static final int MAX_REFUSALS = 3;

  private final Parts parts;
  private final Incoming incoming;

  // Messages of verifications to rooms are given out by their part once, and kept here until they
  // are sent.
  private final Map<String, RoomMessage> roomMessages = new LinkedHashMap<>();
  private final Map<String, OutgoingRequest> underWay = new LinkedHashMap<>();
  private final Map<String, Integer> refusals = new HashMap<>();

  Outgoing(Parts parts, Incoming incoming) {
    this.parts = parts;
    this.incoming = incoming;
  }

  /// What is to be sent and is not under way, in the order in which it should be.
  List<OutgoingRequest> gather() {
    takeVerificationMessages();
    roomMessages
        .values()
        .removeIf(
            message ->
                !underWay.containsKey(message.id())
                    && !parts.verifications().isWanted(message.id(), message.eventType()));
    List<OutgoingRequest> all = new ArrayList<>();
    parts.account().upload().ifPresent(all::add);
    parts.tracking().query().ifPresent(all::add);
    parts.olm().claim().ifPresent(all::add);
    parts.identities().own().upload().ifPresent(all::add);
    parts.identities().own().signatures().ifPresent(all::add);
    all.addAll(parts.queue().pending());
    all.addAll(roomMessages.values());
    parts.backup().query().ifPresent(all::add);
    parts.backup().creation().ifPresent(all::add);
    parts.backup().fetch().ifPresent(all::add);
    parts.backup().keys().ifPresent(all::add);
    all.removeIf(request -> underWay.containsKey(request.id()));
    all.forEach(request -> underWay.put(request.id(), request));
    return all;
  }

  private void takeVerificationMessages() {
    for (VerificationMessage message : parts.verifications().messages()) {
      switch (message) {
        case VerificationMessage.ToDevices to ->
            parts.queue().add(to.type(), Map.of(to.user(), to.contents()));
        case VerificationMessage.ToRoom to ->
            roomMessages.put(to.id(), new RoomMessage(to.id(), to.room(), to.type(), to.content()));
      }
    }
  }

  /// The server has answered a request.
  void sent(String id, ObjectNode answer) {
    refusals.remove(id);
    switch (take(id)) {
      case KeysUpload upload -> parts.account().sent(upload);
      case KeysQuery query -> answered(query, answer);
      case KeysClaim claim -> {
        parts.olm().claimed(claim, answer);
        parts.roomKeys().proceed();
        parts.secretSharing().settle();
      }
      case CrossSigningUpload upload -> {
        parts.identities().own().sent(upload);
        incoming.reviewOwn();
      }
      case SignaturesUpload upload -> parts.identities().own().sent(upload, answer);
      case ToDevice message -> parts.queue().sent(message);
      case RoomMessage message -> sent(message, answer);
      case BackupVersionQuery query -> parts.backup().found(query, answer);
      case BackupCreate creation -> parts.backup().created(creation, answer);
      case BackupKeyQuery query -> parts.backup().fetched(query, answer);
      case BackupKeys keys -> parts.backup().sent(keys);
    }
  }

  private void answered(KeysQuery query, ObjectNode answer) {
    Set<UserId> users = new LinkedHashSet<>();
    query.body().path("device_keys").propertyNames().forEach(name -> users.add(new UserId(name)));
    for (Device shown : parts.tracking().answered(query, answer)) {
      incoming.tell(new MachineNews.DeviceKeysChanged(shown));
    }
    for (IdentityChange change : parts.identities().answered(users, answer)) {
      incoming.tell(new MachineNews.IdentityChanged(change));
    }
    incoming.devicesChanged(users);
  }

  private void sent(RoomMessage message, ObjectNode answer) {
    roomMessages.remove(message.id());
    try {
      EventId event = new EventId(answer.path("event_id").asString(""));
      parts.verifications().sent(message.id(), event);
    } catch (MatrixException _) {
      parts.verifications().failed(message.id());
    }
  }

  /// It is not known whether the server has the request.
  void unanswered(String id) {
    switch (take(id)) {
      case KeysUpload upload -> parts.account().unknown(upload);
      case KeysQuery query -> parts.tracking().failed(query);
      case KeysClaim claim -> parts.olm().failed(claim);
      case CrossSigningUpload upload -> parts.identities().own().failed(upload);
      case SignaturesUpload upload -> parts.identities().own().failed(upload);
      // These wait, and are given out again.
      case ToDevice _, RoomMessage _ -> {}
      case BackupVersionQuery query -> parts.backup().failed(query);
      case BackupCreate creation -> parts.backup().failed(creation);
      case BackupKeyQuery query -> parts.backup().failed(query);
      case BackupKeys keys -> parts.backup().failed(keys);
    }
  }

  /// There is no answer to the request that can be used, and there would be none the next time.
  void unusable(String id) {
    switch (underWay.get(id)) {
      case KeysQuery query -> {
        take(id);
        parts.tracking().unusable(query);
      }
      case KeysClaim claim -> {
        take(id);
        parts.olm().unusable(claim);
        parts.roomKeys().proceed();
        parts.secretSharing().settle();
      }
      case null, default -> unanswered(id);
    }
  }

  /// The server has refused the request.
  void refused(String id, String errcode) {
    OutgoingRequest request = underWay.get(id);
    switch (request) {
      case KeysUpload upload when !errcode.equals(LIMITED) -> {
        take(id);
        parts.account().refused(upload);
      }
      // What it does not like may be one of many users or devices.
      case KeysQuery _ when !errcode.equals(LIMITED) -> unusable(id);
      case KeysClaim _ when !errcode.equals(LIMITED) -> unusable(id);
      case BackupVersionQuery query
          when errcode.equals(NOT_FOUND) || HOPELESS.contains(errcode) -> {
        take(id);
        parts.backup().absent(query);
      }
      case BackupKeyQuery query when errcode.equals(NOT_FOUND) || HOPELESS.contains(errcode) -> {
        take(id);
        parts.backup().absent(query);
      }
      case BackupCreate creation when HOPELESS.contains(errcode) -> {
        take(id);
        parts.backup().refused(creation);
      }
      case BackupKeys keys when NO_BACKUP.contains(errcode) || HOPELESS.contains(errcode) -> {
        take(id);
        parts.backup().refused(keys);
      }
      case ToDevice message when isGivenUp(id, errcode) -> {
        take(id);
        Set<String> before = parts.queue().ids();
        parts
            .queue()
            .refused(message)
            .forEach(
                key -> parts.roomKeys().outbound().refused(key.room(), key.user(), key.device()));
        Set<String> after = parts.queue().ids();
        before.stream().filter(former -> !after.contains(former)).forEach(refusals::remove);
        after.stream()
            .filter(later -> !before.contains(later))
            // What is tried in halves has been refused as often.
            .forEach(half -> refusals.put(half, MAX_REFUSALS - 1));
      }
      case RoomMessage message when isGivenUp(id, errcode) -> {
        take(id);
        roomMessages.remove(message.id());
        parts.verifications().failed(message.id());
      }
      case CrossSigningUpload upload when !errcode.equals(LIMITED) -> {
        take(id);
        parts.identities().own().refused(upload);
      }
      case SignaturesUpload upload when HOPELESS.contains(errcode) -> {
        take(id);
        parts.identities().own().refused(upload);
      }
      case null, default -> unanswered(id);
    }
  }

  /// Whether the server will not take it later either, or refuses it for something unheard of once
  /// too often: nothing that is behind it would ever be sent.
  private boolean isGivenUp(String id, String errcode) {
    boolean over =
        HOPELESS.contains(errcode)
            || !errcode.equals(LIMITED) && refusals.merge(id, 1, Integer::sum) >= MAX_REFUSALS;
    if (over) {
      refusals.remove(id);
    }
    return over;
  }

  private OutgoingRequest take(String id) {
    OutgoingRequest request = underWay.remove(id);
    if (request == null) {
      throw new IllegalArgumentException("No such request is under way.");
    }
    return request;
  }
}
