package dev.sotto.homeserver.accounts;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Argon2id, with hashes written as `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
final class Argon2 {
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern ENCODED =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,9}),p=(\\d{1,9})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  // Beside its memory, a hash in the making holds a few blocks more.
  private static final int BLOCKS_BESIDE = 8;

  private final PasswordCost cost;
  private final SecureRandom random;
  private final BlockPool memory;

  /// @param atOnce how many hashes are made at the same time
  Argon2(PasswordCost cost, int atOnce, SecureRandom random) {
    this.cost = cost;
    this.random = random;
    // A block is 1 KiB. Thrown away after each hash they would all reach the old generation, which
    // the collector rather grows than cleans: by 20 MB with each login, up to the largest heap.
    this.memory = new FixedBlockPool(atOnce * (cost.memoryKib() + BLOCKS_BESIDE));
  }

  String hash(byte[] password) {
    byte[] salt = salt();
    return encode(cost, salt, derive(cost, salt, password, HASH_BYTES));
  }

  /// A hash at the current cost that fits no password anybody knows.
  String impossible() {
    byte[] hash = new byte[HASH_BYTES];
    random.nextBytes(hash);
    return encode(cost, salt(), hash);
  }

  boolean matches(byte[] password, String encoded) {
    Matcher parts = parse(encoded);
    byte[] expected = Base64.getDecoder().decode(parts.group(5));
    byte[] salt = Base64.getDecoder().decode(parts.group(4));
    return MessageDigest.isEqual(expected, derive(cost(parts), salt, password, expected.length));
  }

  boolean outdated(String encoded) {
    return !cost(parse(encoded)).equals(cost);
  }

  private byte[] salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return salt;
  }

  private byte[] derive(PasswordCost cost, byte[] salt, byte[] password, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.iterations())
            .withParallelism(cost.parallelism())
            .withSalt(salt)
            .withBlockPool(memory)
            .build());
    byte[] hash = new byte[length];
    generator.generateBytes(password, hash);
    return hash;
  }

  private static String encode(PasswordCost cost, byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.memoryKib(),
            cost.iterations(),
            cost.parallelism(),
            base64.encodeToString(salt),
            base64.encodeToString(hash));
  }

  private static Matcher parse(String encoded) {
    Matcher parts = ENCODED.matcher(encoded);
    if (!parts.matches()) {
      throw new IllegalArgumentException("a stored password hash has an unknown form");
    }
    return parts;
  }

  private static PasswordCost cost(Matcher parts) {
    return new PasswordCost(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        Integer.parseInt(parts.group(3)));
  }
}
