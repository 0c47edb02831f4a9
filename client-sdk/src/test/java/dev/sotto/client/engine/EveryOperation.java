package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.stream.IntStream;

/// A program that runs each operation of the engine again and again, refusals included, and prints
/// by how many bytes its native memory has grown after it was warm.
final class EveryOperation {
  private static final byte[] PLAINTEXT = new byte[256];

  private EveryOperation() {}

  public static void main(String[] arguments) throws EngineException {
    int rounds = Integer.parseInt(arguments[0]);
    run(rounds / 4);
    long before = allocatedBytes();
    run(rounds);
    System.out.println(allocatedBytes() - before);
  }

  /// What the process holds of C's heap: the field `uordblks` of what glibc's `mallinfo2` returns.
  /// The resident memory would hide a leak of some bytes for each operation.
  @SuppressWarnings("restricted")
  private static long allocatedBytes() {
    StructLayout fields =
        MemoryLayout.structLayout(
            IntStream.range(0, 10)
                .mapToObj(i -> ValueLayout.JAVA_LONG.withName("field" + i))
                .toArray(MemoryLayout[]::new));
    Linker linker = Linker.nativeLinker();
    MethodHandle function =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mallinfo2"), FunctionDescriptor.of(fields));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment answer = (MemorySegment) function.invokeExact((SegmentAllocator) arena);
      return answer.getAtIndex(ValueLayout.JAVA_LONG, 7);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  private static void run(int rounds) throws EngineException {
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      for (int i = 0; i < rounds; i++) {
        accounts(key);
        olm(key);
        megolm(key);
        verification();
        backup();
      }
    }
  }

  private static void accounts(PickleKey key) throws EngineException {
    try (OlmAccount account = OlmAccount.create()) {
      account.sign(PLAINTEXT);
      account.generateOneTimeKeys(2);
      account.oneTimeKeys();
      account.generateFallbackKey();
      account.generateFallbackKey();
      account.generateFallbackKey();
      account.fallbackKey();
      account.markKeysAsPublished();
      account.forgetFallbackKey();
      OlmAccount.unpickle(account.pickle(key), key).close();
      refused(() -> OlmAccount.unpickle("AAAA".repeat(9).getBytes(UTF_8), key));
      DehydratedAccount dehydrated = account.dehydrate(key);
      OlmAccount.rehydrate(dehydrated, key).close();
      refused(() -> OlmAccount.rehydrate(new DehydratedAccount("AAAA", "AAAA"), key));
    }
  }

  private static void olm(PickleKey key) throws EngineException {
    try (OlmPair pair = OlmPair.create()) {
      OlmMessage message = pair.toBob().encrypt(PLAINTEXT);
      message.preKey();
      pair.toAlice().decrypt(message);
      refused(() -> pair.toAlice().decrypt(message));
      refused(() -> pair.bob().createInbound(pair.alice().curve25519Key(), message));
      refused(() -> pair.bob().createInbound(pair.bob().curve25519Key(), message));
      OlmMessage answer = pair.toAlice().encrypt(PLAINTEXT);
      pair.toBob().decrypt(answer);
      refused(answer::preKey);
      OlmSession.unpickle(pair.toBob().pickle(key), key).close();
      refused(() -> pair.toBob().decrypt(OlmMessage.of(OlmMessage.Kind.NORMAL, PLAINTEXT)));
    }
  }

  private static void megolm(PickleKey key) throws EngineException {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey())) {
      MegolmMessage message = outbound.encrypt(PLAINTEXT);
      inbound.decrypt(message);
      try (InboundMegolm later = InboundMegolm.open(outbound.sessionKey());
          InboundMegolm imported = InboundMegolm.open(later.export())) {
        refused(() -> imported.decrypt(message));
        inbound.compare(imported);
        imported.merge(inbound).close();
      }
      refused(() -> inbound.decrypt(MegolmMessage.of(PLAINTEXT)));
      refused(() -> InboundMegolm.open(MegolmKey.of(MegolmKey.Format.SHARED, new byte[229])));
      OutboundMegolm.unpickle(outbound.pickle(key), key).close();
      InboundMegolm.unpickle(inbound.pickle(key), key).close();
    }
  }

  private static void verification() throws EngineException {
    try (Sas alice = Sas.create();
        Sas bob = Sas.create();
        EstablishedSas established = alice.establish(bob.publicKey())) {
      established.code("info");
      established.verifyMac("input", "info", established.mac("input", "info"));
    }
  }

  private static void backup() throws EngineException {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupKey key = decryption.key();
        BackupDecryption again = BackupDecryption.with(key);
        BackupEncryption encryption = BackupEncryption.to(again.publicKey())) {
      BackupMessage message = encryption.encrypt(PLAINTEXT);
      again.decrypt(message);
      refused(
          () ->
              again.decrypt(
                  new BackupMessage(message.ciphertext(), new byte[8], message.ephemeral())));
    }
  }

  private interface Attempt {
    Object make() throws EngineException;
  }

  private static void refused(Attempt attempt) {
    try {
      attempt.make();
    } catch (EngineException _) {
      return;
    }
    throw new AssertionError("this should have been refused");
  }
}
