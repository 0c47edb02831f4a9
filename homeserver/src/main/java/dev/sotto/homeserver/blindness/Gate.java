package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Decides what may be stored.
///
/// Under [EncryptionPolicy#OPTIONAL] everything passes as it is. Under [EncryptionPolicy#REQUIRED]
/// what it lets in is either ciphertext or of a shape that has no room for a message: other members
/// are left out, or the whole is refused with a sentence for the person who sent it. It keeps apps
/// from giving away what people say; it cannot keep two people from agreeing on a code.
public final class Gate {
  private static final String OCTET_STREAM = "application/octet-stream";

  private final EncryptionPolicy policy;
  private final long maxPlainImageBytes;
  private final MessageRules messages;
  private final StateRules states;
  private final ToDeviceRules toDevice = new ToDeviceRules();
  private final KeyRules keys = new KeyRules();

  /// @param server its own name
  /// @param listedStateTypes state that may be kept in the clear, beside that of the specification
  /// @param maxPlainImageBytes the largest picture that need not be encrypted, for avatars
  public Gate(
      EncryptionPolicy policy,
      ServerName server,
      Collection<String> listedStateTypes,
      long maxPlainImageBytes) {
    this.policy = policy;
    this.messages = new MessageRules(server);
    this.states = new StateRules(listedStateTypes);
    this.maxPlainImageBytes = maxPlainImageBytes;
  }

  /// A gate without further types of state, which takes no pictures in the clear.
  public Gate(EncryptionPolicy policy) {
    this(policy, new ServerName("localhost"), List.of(), 0);
  }

  public EncryptionPolicy policy() {
    return policy;
  }

  private boolean isBlind() {
    return policy == EncryptionPolicy.REQUIRED;
  }

  /// What every new room's m.room.encryption says; empty where rooms need not be encrypted.
  public Optional<ObjectNode> encryptionOfNewRooms() {
    return isBlind() ? Optional.of(Encryption.ofNewRooms()) : Optional.empty();
  }

  /// What of an event may be stored.
  ///
  /// @param stateKey null for a message-like event
  /// @throws MatrixException `M_FORBIDDEN` if it is not for this server
  public Admitted admit(String type, @Nullable String stateKey, ObjectNode content) {
    if (!isBlind()) {
      return new Admitted(type, stateKey, content, null, false);
    }
    ObjectNode kept =
        stateKey == null ? messages.keep(type, content) : states.keep(type, stateKey, content);
    return new Admitted(type, stateKey, kept, null, true);
  }

  /// What of a redaction may be stored.
  ///
  /// @param inContent whether its content names the target, as in room versions from 11 on
  /// @throws MatrixException `M_FORBIDDEN` if the target cannot be an event
  public Admitted admitRedaction(EventId target, @Nullable String reason, boolean inContent) {
    ObjectNode content = Json.object().put("redacts", target.value());
    if (reason != null) {
      content.put("reason", reason);
    }
    ObjectNode kept = isBlind() ? messages.keep(EventTypes.REDACTION, content) : content;
    if (!inContent) {
      kept.remove("redacts");
    }
    return new Admitted(EventTypes.REDACTION, null, kept, inContent ? null : target, isBlind());
  }

  /// What of a message to a device may be stored.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is not for this server
  public AdmittedToDevice admitToDevice(String type, ObjectNode content) {
    return new AdmittedToDevice(type, isBlind() ? toDevice.keep(type, content) : content);
  }

  /// What a device calls its transactions is stored with them, and may be an id only.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it could be a sentence
  public void checkTransactionId(String txnId) {
    if (isBlind()) {
      refuseMisfit("The transaction id", () -> Shapes.OPAQUE.check(txnId));
    }
  }

  /// What a device is called by is shown to everybody, and may be an id only.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it could be a sentence
  public void checkDeviceId(DeviceId device) {
    if (isBlind()) {
      refuseMisfit("The device id", () -> Shapes.OPAQUE.check(device.value()));
    }
  }

  /// What of the identity keys of a device may be published.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if there is more to them than keys and signatures
  public ObjectNode admitDeviceKeys(ObjectNode given) {
    return isBlind() ? keepFit("The key of your device", () -> keys.deviceKeys(given)) : given;
  }

  /// What of a one-time or fallback key may be published.
  ///
  /// @param name `algorithm:key_id`
  /// @throws MatrixException `M_FORBIDDEN` if it is more than a key with a signature
  public JsonNode admitOneTimeKey(UserId user, DeviceId device, String name, JsonNode given) {
    return isBlind()
        ? keepFit("A one-time key", () -> keys.oneTimeKey(user, device, name, given))
        : given;
  }

  /// What of a cross-signing key may be published.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is more than a key with signatures
  public ObjectNode admitCrossSigningKey(ObjectNode given) {
    return isBlind() ? keepFit("A cross-signing key", () -> keys.crossSigningKey(given)) : given;
  }

  /// What of a dehydrated device may be stored beside its keys.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is more than ciphertext
  public ObjectNode admitDehydrated(ObjectNode given) {
    return isBlind() ? keepFit("A dehydrated device", () -> keys.dehydrated(given)) : given;
  }

  /// What of the description of a backup may be stored.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is more than a key with signatures
  public ObjectNode admitBackup(String algorithm, ObjectNode authData) {
    return isBlind()
        ? keepFit("The description of a backup", () -> keys.backupAuth(algorithm, authData))
        : authData;
  }

  /// A room key in a backup must be encrypted, as each of the algorithms has it.
  ///
  /// @param sessionData an object as JSON
  /// @throws MatrixException `M_FORBIDDEN` if it is not
  public void checkBackup(RoomId room, String session, String sessionData) {
    if (isBlind()) {
      refuseMisfit(
          "The backup of a key",
          () -> keys.backedUpKey(room.value(), session, Json.parse(sessionData)));
    }
  }

  private static void refuseMisfit(String what, Runnable check) {
    keepFit(
        what,
        () -> {
          check.run();
          return true;
        });
  }

  private static <T> T keepFit(String what, Supplier<T> kept) {
    try {
      return kept.get();
    } catch (Misfit e) {
      throw MatrixException.forbidden(
          MessageRules.ONLY_ENCRYPTED + what + " is not in the right form: " + e.sentence() + ".");
    }
  }

  /// What is kept of the reason for which something is reported: people quote there what was said.
  public @Nullable String reasonToKeep(@Nullable String reason) {
    return isBlind() ? null : reason;
  }

  /// What is kept of an upload beside its bytes. The type and the name of an encrypted file are
  /// inside it; only pictures are known for what they are, since avatars are not encrypted.
  ///
  /// @param claimedType the type that the client gives, or null
  /// @param fileName the name that the client gives, or null
  /// @param pictureType the type of picture that the bytes are, or null if they are none
  /// @throws MatrixException `M_FORBIDDEN` if it is a larger picture than avatars need
  public AdmittedMedia admitMedia(
      @Nullable String claimedType,
      @Nullable String fileName,
      @Nullable String pictureType,
      long sizeBytes) {
    if (!isBlind()) {
      return new AdmittedMedia(claimedType == null ? OCTET_STREAM : claimedType, fileName);
    }
    if (pictureType == null) {
      return new AdmittedMedia(OCTET_STREAM, null);
    }
    if (sizeBytes > maxPlainImageBytes) {
      throw MatrixException.forbidden(
          "This server only accepts end-to-end encrypted files. A picture that is not encrypted,"
              + " such as an avatar, may have at most "
              + maxPlainImageBytes
              + " bytes.");
    }
    return new AdmittedMedia(pictureType, null);
  }
}
