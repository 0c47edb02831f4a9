package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Decides what may be stored.
///
/// Under [EncryptionPolicy#OPTIONAL] everything passes as it is. Under [EncryptionPolicy#REQUIRED]
/// what it lets in is either ciphertext or of a shape that has no room for a message: other members
/// are left out, or the whole is refused with a sentence for the person who sent it. It keeps apps
/// from giving away what people say; it cannot keep two people from agreeing on a code.
public final class Gate {
  private static final String OCTET_STREAM = "application/octet-stream";

  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2
  private static final Shape BACKED_UP_KEY =
      ObjectShape.object()
          .needs("ciphertext", Shapes.PADDED_BASE64)
          .needs("mac", Shapes.PADDED_BASE64)
          .may("ephemeral", Shapes.PADDED_BASE64)
          .may("iv", Shapes.PADDED_BASE64)
          .nothingElse();

  private final EncryptionPolicy policy;
  private final long maxPlainImageBytes;
  private final MessageRules messages = new MessageRules();
  private final StateRules states;
  private final ToDeviceRules toDevice = new ToDeviceRules();

  /// @param listedStateTypes state that may be kept in the clear, beside that of the specification
  /// @param maxPlainImageBytes the largest picture that need not be encrypted, for avatars
  public Gate(
      EncryptionPolicy policy, Collection<String> listedStateTypes, long maxPlainImageBytes) {
    this.policy = policy;
    this.states = new StateRules(listedStateTypes);
    this.maxPlainImageBytes = maxPlainImageBytes;
  }

  /// A gate without further types of state, which takes no pictures in the clear.
  public Gate(EncryptionPolicy policy) {
    this(policy, List.of(), 0);
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
      refuseMisfit("the transaction id ", () -> Shapes.OPAQUE.check(txnId));
    }
  }

  /// A room key in a backup must be encrypted, as each of the algorithms has it.
  ///
  /// @param sessionData an object as JSON
  /// @throws MatrixException `M_FORBIDDEN` if it is not
  public void checkBackup(String sessionData) {
    if (isBlind()) {
      refuseMisfit("the backup of a key ", () -> BACKED_UP_KEY.keep(Json.parse(sessionData)));
    }
  }

  private static void refuseMisfit(String what, Runnable check) {
    try {
      check.run();
    } catch (Misfit e) {
      throw MatrixException.forbidden(MessageRules.ONLY_ENCRYPTED + what + e.getMessage() + ".");
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
