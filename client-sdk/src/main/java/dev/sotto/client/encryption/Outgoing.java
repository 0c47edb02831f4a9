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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Gathers what the parts want to be sent, and tells each what came of its own. Not for several
/// threads.
final class Outgoing {
  private final Parts parts;
  private final Incoming incoming;

  // Messages of verifications to rooms are given out by their part once, and kept here until they
  // are sent.
  private final Map<String, RoomMessage> roomMessages = new LinkedHashMap<>();
  private final Map<String, OutgoingRequest> underWay = new LinkedHashMap<>();

  Outgoing(Parts parts, Incoming incoming) {
    this.parts = parts;
    this.incoming = incoming;
  }

  /// What is to be sent and is not under way, in the order in which it should be.
  List<OutgoingRequest> gather() {
    takeVerificationMessages();
    List<OutgoingRequest> all = new ArrayList<>();
    parts.account().upload().ifPresent(all::add);
    parts.tracking().query().ifPresent(all::add);
    parts.olm().claim().ifPresent(all::add);
    parts.identities().own().upload().ifPresent(all::add);
    parts.identities().own().signatures().ifPresent(all::add);
    all.addAll(parts.queue().pending());
    all.addAll(roomMessages.values());
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
    switch (take(id)) {
      case KeysUpload upload -> parts.account().sent(upload, answer);
      case KeysQuery query -> answered(query, answer);
      case KeysClaim claim -> {
        parts.olm().claimed(claim, answer);
        parts.roomKeys().proceed();
      }
      case CrossSigningUpload upload -> parts.identities().own().sent(upload);
      case SignaturesUpload upload -> parts.identities().own().sent(upload, answer);
      case ToDevice message -> parts.queue().sent(message);
      case RoomMessage message -> sent(message, answer);
      case BackupKeys _, BackupVersionQuery _, BackupCreate _, BackupKeyQuery _ -> {}
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
    parts.roomKeys().devicesChanged(users);
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
      case BackupKeys _, BackupVersionQuery _, BackupCreate _, BackupKeyQuery _ -> {}
    }
  }

  /// The server does not want the request, and will not want it later.
  void refused(String id) {
    OutgoingRequest request = underWay.get(id);
    switch (request) {
      case CrossSigningUpload upload -> parts.identities().own().refused(upload);
      case SignaturesUpload upload -> parts.identities().own().refused(upload);
      case null, default -> {}
    }
    unanswered(id);
    switch (request) {
      case ToDevice message -> parts.queue().sent(message);
      case RoomMessage message -> {
        roomMessages.remove(message.id());
        parts.verifications().failed(message.id());
      }
      case null, default -> {}
    }
  }

  private OutgoingRequest take(String id) {
    OutgoingRequest request = underWay.remove(id);
    if (request == null) {
      throw new IllegalArgumentException("No such request is under way.");
    }
    return request;
  }
}
