package dev.sotto.homeserver.logins;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Checks that whoever asks for an account knows the secret that this server's owner has set, as
/// scripts written for Synapse show it: an HMAC-SHA1 over a nonce and the account.
public final class SharedSecretProofs {
  private static final int MAX_NONCES = 10_000;
  private static final Duration NONCE_LIFETIME = Duration.ofMinutes(1);
  private static final String ALGORITHM = "HmacSHA1";

  private final SecretKeySpec key;
  private final SecureRandom random;
  private final Cache<String, Boolean> nonces =
      Caffeine.newBuilder().maximumSize(MAX_NONCES).expireAfterWrite(NONCE_LIFETIME).build();

  public SharedSecretProofs(String secret, SecureRandom random) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    this.random = random;
  }

  /// A new nonce, good once and for a minute.
  public String nonce() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    nonces.put(nonce, true);
    return nonce;
  }

  /// Uses a nonce and checks the proof for it.
  ///
  /// @param parts what is proven beside the nonce, in its order
  /// @param mac in hexadecimal
  /// @throws MatrixException `M_UNKNOWN` if the nonce is not good, `M_FORBIDDEN` if the proof is
  ///   wrong
  public void check(String nonce, List<String> parts, String mac) {
    if (nonces.asMap().remove(nonce) == null) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "This nonce is not known, or over.");
    }
    String expected = HexFormat.of().formatHex(mac(nonce + "\0" + String.join("\0", parts)));
    if (!MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), mac.getBytes(StandardCharsets.UTF_8))) {
      throw MatrixException.forbidden("The HMAC is wrong.");
    }
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
