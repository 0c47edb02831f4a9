package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.EngineException.Reason;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/// Two devices of which the first has begun a session with the second, which has read one message.
record OlmPair(OlmAccount alice, OlmAccount bob, OlmSession toBob, OlmSession toAlice)
    implements AutoCloseable {

  static OlmPair create() throws EngineException {
    OlmAccount alice = OlmAccount.create();
    OlmAccount bob = OlmAccount.create();
    OlmSession toBob = begin(alice, bob);
    InboundOlm inbound = bob.createInbound(alice.curve25519Key(), toBob.encrypt(bytes("hello")));
    return new OlmPair(alice, bob, toBob, inbound.session());
  }

  /// A session with a new one-time key.
  static OlmSession begin(OlmAccount from, OlmAccount to) {
    to.generateOneTimeKeys(1);
    OneTimeKey key = to.oneTimeKeys().getFirst();
    to.markKeysAsPublished();
    return from.createOutbound(to.curve25519Key(), key.key());
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  static void assertRefused(Reason reason, Executable executable) {
    EngineException refusal = Assertions.assertThrows(EngineException.class, executable);
    Assertions.assertEquals(reason, refusal.reason());
  }

  @Override
  public void close() {
    toAlice.close();
    toBob.close();
    bob.close();
    alice.close();
  }
}
