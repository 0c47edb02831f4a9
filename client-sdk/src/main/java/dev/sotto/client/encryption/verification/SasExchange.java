package dev.sotto.client.encryption.verification;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.EstablishedSas;
import dev.sotto.client.engine.Sas;
import dev.sotto.client.engine.SasCode;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.SasEmoji;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.json.Json;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The agreement on a secret and what is confirmed under it, on one side of a verification. Not for
/// several threads.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#short-authentication-string-sas-verification
final class SasExchange implements AutoCloseable {
  private static final String AGREEMENT = "curve25519-hkdf-sha256";
  private static final String HASH = "sha256";
  private static final String MAC = "hkdf-hmac-sha256.v2";
  private static final String DECIMAL = "decimal";
  private static final String EMOJI = "emoji";
  private static final List<String> FORMS = List.of(DECIMAL, EMOJI);

  /// What has been sent and heard so far.
  private sealed interface State extends AutoCloseable {
    @Override
    default void close() {}

    /// We have sent a start.
    record Offered(ObjectNode start) implements State {}

    /// We have sent an accept.
    record Accepted(Sas ours, List<String> forms) implements State {
      @Override
      public void close() {
        ours.close();
      }
    }

    /// They have accepted, and we have sent our key.
    record KeySent(ObjectNode start, Sas ours, String commitment, List<String> forms)
        implements State {
      @Override
      public void close() {
        ours.close();
      }
    }

    /// Both have each other's key.
    record Agreed(EstablishedSas sas, SasCode code, List<String> forms) implements State {
      @Override
      public void close() {
        sas.close();
      }
    }
  }

  private final Parties parties;
  private final BiConsumer<MessageType, ObjectNode> wire;
  private State state;
  private @Nullable Verified theirs;

  private SasExchange(Parties parties, BiConsumer<MessageType, ObjectNode> wire, State state) {
    this.parties = parties;
    this.wire = wire;
    this.state = state;
  }

  /// Starts from this side.
  ///
  /// @param wire sends a message, and adds to it which verification it belongs to
  static SasExchange offer(Parties parties, BiConsumer<MessageType, ObjectNode> wire) {
    ObjectNode start = Json.object();
    start.put("from_device", parties.own().device().value());
    start.put("method", Methods.SAS);
    start.putArray("key_agreement_protocols").add(AGREEMENT);
    start.putArray("hashes").add(HASH);
    start.putArray("message_authentication_codes").add(MAC);
    FORMS.forEach(start.putArray("short_authentication_string")::add);
    wire.accept(MessageType.START, start);
    return new SasExchange(parties, wire, new State.Offered(start.deepCopy()));
  }

  /// Answers the other side's start.
  ///
  /// @throws Breach if there is nothing in common, or the start is none
  static SasExchange answer(
      Parties parties, BiConsumer<MessageType, ObjectNode> wire, ObjectNode start) throws Breach {
    List<String> forms = common(Content.texts(start, "short_authentication_string"));
    if (!Content.texts(start, "key_agreement_protocols").contains(AGREEMENT)
        || !Content.texts(start, "hashes").contains(HASH)
        || !Content.texts(start, "message_authentication_codes").contains(MAC)
        || forms.isEmpty()) {
      throw new Breach(CancelCode.UNKNOWN_METHOD);
    }
    byte[] canonical = Content.canonical(start);
    Sas ours = Sas.create();
    ObjectNode accept = Json.object();
    accept.put("method", Methods.SAS);
    accept.put("key_agreement_protocol", AGREEMENT);
    accept.put("hash", HASH);
    accept.put("message_authentication_code", MAC);
    forms.forEach(accept.putArray("short_authentication_string")::add);
    accept.put("commitment", commitment(ours.publicKey(), canonical));
    wire.accept(MessageType.ACCEPT, accept);
    return new SasExchange(parties, wire, new State.Accepted(ours, forms));
  }

  private static List<String> common(List<String> theirs) {
    return FORMS.stream().filter(theirs::contains).toList();
  }

  private static String commitment(Curve25519Key key, byte[] canonicalStart) {
    MessageDigest hash = Sha256.begin();
    hash.update(key.base64().getBytes(UTF_8));
    return UnpaddedBase64.encode(hash.digest(canonicalStart));
  }

  Parties parties() {
    return parties;
  }

  /// Whether this side has started and the other has not answered.
  boolean isOffered() {
    return state instanceof State.Offered;
  }

  /// They accept.
  void accepted(ObjectNode content) throws Breach {
    if (!(state instanceof State.Offered offered)) {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
    List<String> chosen = Content.texts(content, "short_authentication_string");
    if (!AGREEMENT.equals(Content.text(content, "key_agreement_protocol"))
        || !HASH.equals(Content.text(content, "hash"))
        || !MAC.equals(Content.text(content, "message_authentication_code"))
        || chosen.isEmpty()
        || !FORMS.containsAll(chosen)) {
      throw new Breach(CancelCode.UNKNOWN_METHOD);
    }
    String commitment = Content.text(content, "commitment");
    Sas ours = Sas.create();
    state = new State.KeySent(offered.start, ours, commitment, common(chosen));
    sendKey(ours);
  }

  private void sendKey(Sas ours) {
    wire.accept(MessageType.KEY, Json.object().put("key", ours.publicKey().base64()));
  }

  /// They send their key; now people can compare.
  void key(ObjectNode content) throws Breach {
    Curve25519Key key;
    try {
      key = Curve25519Key.ofBase64(Content.text(content, "key"));
    } catch (EngineException _) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
    switch (state) {
      case State.Accepted accepted -> {
        sendKey(accepted.ours);
        agree(accepted.ours, key, false, accepted.forms);
      }
      case State.KeySent sent -> {
        if (!sent.commitment.equals(commitment(key, Content.canonical(sent.start)))) {
          throw new Breach(CancelCode.MISMATCHED_COMMITMENT);
        }
        agree(sent.ours, key, true, sent.forms);
      }
      case State.Offered _, State.Agreed _ -> throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
  }

  private void agree(Sas ours, Curve25519Key theirKey, boolean weStarted, List<String> forms)
      throws Breach {
    try {
      EstablishedSas sas = ours.establish(theirKey);
      String info = parties.codeInfo(weStarted, ours.publicKey().base64(), theirKey.base64());
      state = new State.Agreed(sas, sas.code(info), forms);
    } catch (EngineException _) {
      throw new Breach(CancelCode.INVALID_MESSAGE);
    }
  }

  /// What people compare; empty unless both keys are there and the other side can show it.
  List<SasEmoji> emoji() {
    return state instanceof State.Agreed agreed && agreed.forms.contains(EMOJI)
        ? agreed.code.emoji().stream().map(Emoji::of).toList()
        : List.of();
  }

  /// As [#emoji], in digits.
  List<Integer> decimals() {
    return state instanceof State.Agreed agreed && agreed.forms.contains(DECIMAL)
        ? agreed.code.decimals()
        : List.of();
  }

  /// People say that they see the same: vouches for this side's keys.
  void confirm() {
    if (!(state instanceof State.Agreed agreed)) {
      throw new IllegalStateException("nothing was compared");
    }
    wire.accept(MessageType.MAC, Macs.ours(agreed.sas, parties));
  }

  /// They vouch for their keys.
  void mac(ObjectNode content) throws Breach {
    if (!(state instanceof State.Agreed agreed) || theirs != null) {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
    theirs = Macs.check(agreed.sas, parties, content);
  }

  /// Which keys they have vouched for.
  Optional<Verified> theirs() {
    return Optional.ofNullable(theirs);
  }

  @Override
  public void close() {
    state.close();
  }
}
