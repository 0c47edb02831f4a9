package dev.sotto.bench.endurance;

import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupEncryption;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.EstablishedSas;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.InboundOlm;
import dev.sotto.client.engine.MegolmMessage;
import dev.sotto.client.engine.OlmAccount;
import dev.sotto.client.engine.OlmMessage;
import dev.sotto.client.engine.OlmSession;
import dev.sotto.client.engine.OutboundMegolm;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.engine.Sas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Runs each operation of the SDK's crypto engine 112,000 times, which is a million in all, and
/// tells by how much the process grew after as many to warm up. The smallest object, of which each
/// takes 32 bytes, would by then have leaked 3.4 MiB: half of that is too much. Every tenth message
/// is damaged. An argument says another number. Linux only; give it a fixed heap:
///
/// ```
/// java -Xms64m -Xmx64m -XX:+AlwaysPreTouch --enable-native-access=ALL-UNNAMED \
///   -cp 'bench/target/classes:bench/target/lib/*' dev.sotto.bench.endurance.EngineEndurance
/// ```
public final class EngineEndurance {
  private static final int ROUNDS = 112_000;
  private static final int SMALLEST_BYTES = 32;
  private static final byte[] PLAINTEXT = new byte[256];

  private EngineEndurance() {}

  /// One run of an operation.
  private interface Operation {
    void run(int round) throws EngineException;
  }

  public static void main(String[] arguments) throws EngineException, IOException {
    int rounds = arguments.length == 0 ? ROUNDS : Integer.parseInt(arguments[0]);
    long worst = 0;
    try (World world = new World()) {
      for (Map.Entry<String, Operation> each : world.operations().entrySet()) {
        repeat(each.getValue(), rounds);
        long before = residentKibibytes();
        long start = System.nanoTime();
        repeat(each.getValue(), rounds);
        long grown = residentKibibytes() - before;
        worst = Math.max(worst, grown);
        System.out.printf(
            "%-24s %,d times, %,.0f a second, grew by %,d KiB%n",
            each.getKey(), rounds, rounds * 1e9 / (System.nanoTime() - start), grown);
      }
    }
    System.exit(worst * 1024 > (long) rounds * SMALLEST_BYTES / 2 ? 1 : 0);
  }

  private static void repeat(Operation operation, int rounds) throws EngineException {
    for (int i = 0; i < rounds; i++) {
      operation.run(i);
    }
  }

  private static long residentKibibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /// What the operations share.
  private static final class World implements AutoCloseable {
    private final PickleKey key = PickleKey.of(new byte[PickleKey.BYTES]);
    private final OlmAccount alice = OlmAccount.create();
    private final OlmAccount bob = OlmAccount.create();
    private final OlmSession toBob;
    private final OlmSession toAlice;
    private final OutboundMegolm outbound = OutboundMegolm.create();
    private final InboundMegolm inbound;
    private final BackupDecryption decryption = BackupDecryption.create();
    private final BackupEncryption encryption = BackupEncryption.to(decryption.publicKey());

    World() throws EngineException {
      bob.generateFallbackKey();
      toBob = alice.createOutbound(bob.curve25519Key(), bob.fallbackKey().getFirst().key());
      InboundOlm begun = bob.createInbound(alice.curve25519Key(), toBob.encrypt(PLAINTEXT));
      toAlice = begun.session();
      inbound = InboundMegolm.open(outbound.sessionKey());
    }

    Map<String, Operation> operations() {
      Map<String, Operation> operations = new LinkedHashMap<>();
      operations.put("Megolm message", this::megolm);
      operations.put("Megolm key", this::megolmKey);
      operations.put("Olm, one after another", this::olm);
      operations.put("Olm, by turns", this::olmByTurns);
      operations.put("Olm, a session begun", this::olmBegin);
      operations.put("account", this::account);
      operations.put("pickles", this::pickles);
      operations.put("verification", this::verify);
      operations.put("backup", this::backup);
      return operations;
    }

    private static boolean isDamaged(int round) {
      return round % 10 == 0;
    }

    private static byte[] damaged(byte[] bytes, int round) {
      bytes[round % bytes.length] ^= 1;
      return bytes;
    }

    private void megolm(int round) throws EngineException {
      MegolmMessage message = outbound.encrypt(PLAINTEXT);
      if (isDamaged(round)) {
        refuse(() -> inbound.decrypt(MegolmMessage.of(damaged(message.bytes(), round))));
      }
      inbound.decrypt(message);
    }

    private void megolmKey(int round) throws EngineException {
      try (InboundMegolm imported = InboundMegolm.open(inbound.export());
          InboundMegolm merged = imported.merge(inbound)) {
        merged.compare(imported);
      }
    }

    private void olm(int round) throws EngineException {
      OlmMessage message = toBob.encrypt(PLAINTEXT);
      if (isDamaged(round)) {
        byte[] damaged = damaged(message.body(), round);
        if (!refuse(() -> toAlice.decrypt(OlmMessage.of(message.kind(), damaged)))) {
          return;
        }
      }
      toAlice.decrypt(message);
    }

    private void olmByTurns(int round) throws EngineException {
      olm(round);
      toBob.decrypt(toAlice.encrypt(PLAINTEXT));
    }

    private void olmBegin(int round) throws EngineException {
      bob.generateOneTimeKeys(1);
      try (OlmSession session =
          alice.createOutbound(bob.curve25519Key(), bob.oneTimeKeys().getFirst().key())) {
        OlmMessage message = session.encrypt(PLAINTEXT);
        if (isDamaged(round)) {
          byte[] damaged = damaged(message.body(), round);
          refuse(
              () ->
                  bob.createInbound(alice.curve25519Key(), OlmMessage.of(message.kind(), damaged))
                      .session()
                      .close());
        }
        refuse(() -> bob.createInbound(alice.curve25519Key(), message).session().close());
      }
      bob.markKeysAsPublished();
    }

    private void account(int round) {
      try (OlmAccount account = OlmAccount.create()) {
        account.generateOneTimeKeys(1 + round % 3);
        account.oneTimeKeys();
        account.sign(PLAINTEXT);
      }
    }

    private void pickles(int round) throws EngineException {
      byte[] pickle = inbound.pickle(key);
      InboundMegolm.unpickle(pickle, key).close();
      if (isDamaged(round)) {
        refuse(() -> OutboundMegolm.unpickle(damaged(pickle, round), key).close());
      }
    }

    private void verify(int round) throws EngineException {
      try (Sas here = Sas.create();
          Sas there = Sas.create();
          EstablishedSas established = here.establish(there.publicKey())) {
        established.code("info");
        established.verifyMac("input", "info", established.mac("input", "info"));
      }
    }

    private void backup(int round) throws EngineException {
      decryption.decrypt(encryption.encrypt(PLAINTEXT));
    }

    /// Some changes leave the message what it was: then it is read, once, and false.
    private static boolean refuse(Refusal refusal) {
      try {
        refusal.run();
        return false;
      } catch (EngineException _) {
        return true;
      }
    }

    /// A call that may fail.
    private interface Refusal {
      void run() throws EngineException;
    }

    @Override
    public void close() {
      encryption.close();
      decryption.close();
      inbound.close();
      outbound.close();
      toAlice.close();
      toBob.close();
      bob.close();
      alice.close();
      key.close();
    }
  }
}
