package dev.sotto.client.engine;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.util.Arrays;
import java.util.Objects;

/// A message to one device, as it stands in an `m.olm.v1.curve25519-aes-sha2` event. That it can be
/// made says nothing of its content.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#molmv1curve25519-aes-sha2
public final class OlmMessage {
  /// The two kinds.
  public enum Kind {
    /// It carries what the recipient needs to begin the session.
    PRE_KEY(0),
    /// The recipient has to have the session.
    NORMAL(1);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /// As `type` in the event.
    public int number() {
      return number;
    }
  }

  private final Kind kind;
  private final byte[] body;

  private OlmMessage(Kind kind, byte[] body) {
    this.kind = Objects.requireNonNull(kind);
    this.body = body;
  }

  /// The message of these bytes.
  public static OlmMessage of(Kind kind, byte[] body) {
    return new OlmMessage(kind, body.clone());
  }

  /// The message of an event's `type` and `body`.
  ///
  /// @throws EngineException DAMAGED if there is no such type, or the body is no base64
  public static OlmMessage ofBase64(int type, String body) throws EngineException {
    for (Kind known : Kind.values()) {
      if (known.number == type) {
        return new OlmMessage(known, Texts.decode(body));
      }
    }
    throw new EngineException(Reason.DAMAGED);
  }

  public Kind kind() {
    return kind;
  }

  public byte[] body() {
    return body.clone();
  }

  /// The body as the event carries it.
  public String base64() {
    return UnpaddedBase64.encode(body);
  }

  /// What it says of the session it begins. Nothing of this is proven before it was decrypted.
  ///
  /// @throws EngineException WRONG_KIND if it begins none; DAMAGED; WEAK_KEY
  public OlmPreKey preKey() throws EngineException {
    try (Call call = new Call()) {
      ParsedOlm parsed = ParsedOlm.of(call, this);
      parsed.requirePreKey();
      return parsed.preKey();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OlmMessage message
        && kind == message.kind
        && Arrays.equals(body, message.body);
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return "OlmMessage[" + kind + ", " + body.length + " bytes]";
  }
}
