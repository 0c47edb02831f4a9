package dev.sotto.client.encryption.verification;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The other side's calculations as the specification writes them, made of nothing but what the JDK
/// has: neither the engine nor the code under test has a part in them.
final class JdkPeer {
  private static final int KEY_BYTES = 32;

  private final KeyPair pair;
  private byte[] secret = {};

  JdkPeer() throws GeneralSecurityException {
    pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[KEY_BYTES];
    for (int i = 0; i < Math.min(bytes.length, KEY_BYTES); i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  String publicKey() {
    byte[] big = ((XECPublicKey) pair.getPublic()).getU().toByteArray();
    return UnpaddedBase64.encode(reversed(big));
  }

  void agree(String theirKey) throws GeneralSecurityException {
    byte[] little = UnpaddedBase64.decode(theirKey);
    little[KEY_BYTES - 1] &= 0x7f;
    PublicKey key =
        KeyFactory.getInstance("X25519")
            .generatePublic(
                new XECPublicKeySpec(
                    NamedParameterSpec.X25519, new BigInteger(1, reversed(little))));
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(pair.getPrivate());
    agreement.doPhase(key, true);
    secret = agreement.generateSecret();
  }

  static String commitment(String key, byte[] canonicalStart) throws GeneralSecurityException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    hash.update(key.getBytes(UTF_8));
    return UnpaddedBase64.encode(hash.digest(canonicalStart));
  }

  byte[] derive(String info, int length) throws GeneralSecurityException {
    return KDF.getInstance("HKDF-SHA256")
        .deriveData(
            HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(info.getBytes(UTF_8), length));
  }

  String mac(String input, String info) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(derive(info, KEY_BYTES), "HmacSHA256"));
    return UnpaddedBase64.encode(mac.doFinal(input.getBytes(UTF_8)));
  }
}
