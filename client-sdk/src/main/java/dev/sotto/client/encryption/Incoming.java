package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.OlmOutcome;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretSharing;
import dev.sotto.client.encryption.verification.TimelineEvent;
import dev.sotto.client.encryption.verification.Verifications;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.verification.Verification;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes in what comes from the server, and gives each part what is its own. Not for several
/// threads.
final class Incoming {
  private final Parts parts;
  private final Map<OlmOutcome.Reason, Integer> lost = new EnumMap<>(OlmOutcome.Reason.class);
  private List<MachineNews> news = new ArrayList<>();

  private boolean wasSigned;

  Incoming(Parts parts) {
    this.parts = parts;
    wasSigned = parts.identities().own().status().deviceSigned();
  }

  void receive(SyncChanges changes) {
    parts.tracking().heard(changes.changed(), changes.left());
    parts.account().heard(changes.counts());
    changes.rooms().forEach(this::room);
    for (ObjectNode event : changes.toDevice()) {
      toDeviceAlone(event);
    }
    lost.forEach((reason, count) -> news.add(new MachineNews.MessagesLost(reason, count)));
    lost.clear();
    conclude();
  }

  /// Whatever comes of one event, those after it are heard: anybody can send one, and it would come
  /// again with every sync. What the parts took up of it before it broke off stays, since it is as
  /// far as what they have in memory, and each of their steps is whole by itself.
  private void toDeviceAlone(ObjectNode event) {
    try {
      toDevice(event);
    } catch (StoreException e) {
      // What the event brought cannot be kept: the server must not be told that it arrived.
      throw e;
    } catch (RuntimeException _) {
      lost(OlmOutcome.Reason.MALFORMED);
    }
  }

  private void lost(OlmOutcome.Reason reason) {
    // The server gives again what it does not know to have arrived: that is no loss.
    if (reason != OlmOutcome.Reason.REPLAY) {
      lost.merge(reason, 1, Integer::sum);
    }
  }

  private void room(RoomId room, SyncChanges.RoomChanges changes) {
    for (ObjectNode event : changes.state()) {
      if (event.get("content") instanceof ObjectNode content) {
        switch (event.path("type").asString("")) {
          case "m.room.encryption" -> parts.roomKeys().rooms().heard(room, content);
          case "m.room.history_visibility" ->
              parts
                  .roomKeys()
                  .rooms()
                  .heardVisibility(room, content.path("history_visibility").asString(""));
          case "m.room.member" -> member(room, event, content, changes.gap());
          default -> {}
        }
      }
    }
  }

  /// Who has left must not read on. Where something was left out, whoever is not in the room may
  /// have been in it meanwhile.
  private void member(RoomId room, ObjectNode event, ObjectNode content, boolean gap) {
    String membership = content.path("membership").asString("");
    boolean own = parts.account().user().value().equals(event.path("state_key").asString(""));
    boolean gone = membership.equals("leave") || membership.equals("ban");
    if (!own && (gone || gap && !membership.equals("join"))) {
      parts.roomKeys().outbound().discard(room);
    }
  }

  private void toDevice(ObjectNode event) {
    if (OlmChannel.ENCRYPTED.equals(event.path("type").asString(""))) {
      switch (parts.olm().decrypt(event)) {
        case OlmOutcome.Decrypted(OlmEvent decrypted) -> decrypted(decrypted);
        case OlmOutcome.Undecryptable(OlmOutcome.Reason reason) -> lost(reason);
      }
    } else {
      inTheClear(event);
    }
  }

  private void decrypted(OlmEvent event) {
    switch (event.type()) {
      case "m.room_key", "m.forwarded_room_key", "m.room_key_bundle", "m.dummy" ->
          parts.roomKeys().heard(event);
      case SecretSharing.SEND -> {
        if (parts.secretSharing().received(event).isPresent()) {
          reviewOwn();
        }
      }
      default -> {
        // Any other is none of the machine's business.
        if (Verifications.isVerification(event.type(), event.content())) {
          DeviceId device = event.device().map(Device::id).orElse(null);
          verification(event.sender(), device, event.type(), event.content());
        }
      }
    }
  }

  private void inTheClear(ObjectNode event) {
    String type = event.path("type").asString("");
    if (!(event.get("content") instanceof ObjectNode content)) {
      return;
    }
    try {
      UserId sender = new UserId(event.path("sender").asString(""));
      if (Verifications.isVerification(type, content)) {
        verification(sender, null, type, content);
      } else if (type.equals(SecretSharing.REQUEST)) {
        parts.secretSharing().requested(sender, content);
      } else {
        parts.roomKeys().heardInClear(event);
      }
    } catch (MatrixException _) {
      // Nobody has such an id.
    }
  }

  private void verification(
      UserId sender, @Nullable DeviceId device, String type, ObjectNode content) {
    parts.verifications().receive(sender, device, type, content);
  }

  /// Hears an event of a room that was decrypted; those that belong to no verification are passed
  /// over.
  void receive(TimelineEvent event) {
    if (Verifications.isVerification(event.type(), event.content())) {
      parts.verifications().receive(event);
      conclude();
    }
  }

  void tell(MachineNews one) {
    news.add(one);
  }

  /// What has happened and was not told yet.
  List<MachineNews> takeNews() {
    List<MachineNews> taken = news;
    news = new ArrayList<>();
    return taken;
  }

  /// Draws the conclusions from whatever was done: keys that arrived are told of, what a
  /// verification wants to say waits to be sent, and who was verified is signed.
  void conclude() {
    for (SessionName session : parts.roomKeys().takeArrived()) {
      news.add(new MachineNews.KeysArrived(session));
    }
    parts.tracking().track(parts.verifications().wanted());
    for (Verification changed : parts.verifications().changed()) {
      if (changed instanceof Verification.Done done) {
        verified(done.verified());
      }
      news.add(new MachineNews.VerificationChanged(changed));
    }
  }

  private void verified(Verified verified) {
    verified.masterKey().ifPresent(master -> parts.identities().verified(verified.user(), master));
    verified
        .devices()
        .forEach(
            (id, fingerprint) ->
                Optional.ofNullable(parts.tracking().devices(verified.user()).get(id))
                    .filter(device -> device.ed25519().equals(fingerprint))
                    .ifPresent(parts.identities()::verified));
    devicesChanged(List.of(verified.user()));
    if (verified.user().equals(parts.account().user())) {
      requestSecrets();
    }
  }

  /// Asks one's own verified devices for what is not here.
  private void requestSecrets() {
    for (SecretName name : OwnSecrets.ALL) {
      Optional<SecretText> here = parts.secrets().secret(name);
      here.ifPresent(SecretText::close);
      if (here.isEmpty()) {
        parts.secretSharing().request(name);
      }
    }
  }

  /// More or less is known of these users' devices, or of whom they belong to.
  void devicesChanged(Collection<UserId> users) {
    parts.roomKeys().devicesChanged(users);
    if (users.contains(parts.account().user())) {
      parts.backup().review();
      parts.secretSharing().settle();
      boolean signed = parts.identities().own().status().deviceSigned();
      if (signed && !wasSigned) {
        // Whoever has signed this device trusts it now, which it may not have when it was verified.
        requestSecrets();
      }
      wasSigned = signed;
    }
  }

  /// Another view of one's own identity is to be taken.
  void reviewOwn() {
    devicesChanged(List.of(parts.account().user()));
  }
}
