package dev.sotto.homeserver.logins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SharedSecretProofsTest {
  private static final List<String> PARTS = List.of("alice", "password", "admin");

  private final SharedSecretProofs proofs = new SharedSecretProofs("secret", new SecureRandom());

  private static String prove(String secret, String nonce) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
    String text = nonce + "\0alice\0password\0admin";
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private ErrorCode refusal(String nonce, String mac) {
    return assertThrows(MatrixException.class, () -> proofs.check(nonce, PARTS, mac)).code();
  }

  @Test
  void proofIsGoodOnce() throws Exception {
    String nonce = proofs.nonce();
    String mac = prove("secret", nonce);
    proofs.check(nonce, PARTS, mac);
    assertEquals(ErrorCode.M_UNKNOWN, refusal(nonce, mac));
  }

  @Test
  void otherSecretAndOtherNonceAreRefused() throws Exception {
    String nonce = proofs.nonce();
    assertEquals(ErrorCode.M_FORBIDDEN, refusal(nonce, prove("guess", nonce)));
    assertEquals(ErrorCode.M_UNKNOWN, refusal("made up", prove("secret", "made up")));
  }
}
