package dev.sotto.client.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.StoreException;
import dev.sotto.client.error.StoreException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends CryptoStoreContract {
  private static final byte[] KEY = new byte[32];
  private static final int KILLS = 8;

  @TempDir Path folder;
  private int files;

  @Override
  CryptoStore open() {
    return open(folder.resolve("contract" + files++), KEY);
  }

  private static FileStore open(Path path, byte[] key) {
    try (StoreKey storeKey = new StoreKey(key.clone(), false)) {
      return FileStore.open(path, storeKey, new SecureRandom());
    }
  }

  private static FileStore open(Path path, String passphrase) {
    try (StoreKey key = StoreKey.passphrase(passphrase.toCharArray())) {
      return FileStore.open(path, key, new SecureRandom());
    }
  }

  /// As a version opens it that knows these steps.
  private static FileStore open(Path path, String passphrase, List<FileStore.Step> steps) {
    try (StoreKey key = StoreKey.passphrase(passphrase.toCharArray())) {
      return FileStore.open(path, key, new SecureRandom(), steps);
    }
  }

  private static Reason refusal(Path path, byte[] key) {
    return assertThrows(StoreException.class, () -> open(path, key)).reason();
  }

  @Test
  void whatWasPutIsThereAfterAReopening() {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, "correct horse")) {
      store.apply(List.of(put("alice", "one", "1")));
    }
    try (FileStore store = open(path, "correct horse")) {
      assertArrayEquals(bytes("1"), store.get(Shelf.OLM_SESSIONS, "alice", "one").orElseThrow());
      assertEquals(1, store.group(Shelf.OLM_SESSIONS, "alice").size());
    }
  }

  @Test
  void whatWasClearedIsNotThereAfterAReopening() {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, KEY)) {
      store.apply(List.of(put("alice", "one", "1")));
      store.clear();
    }
    try (FileStore store = open(path, KEY)) {
      assertTrue(store.get(Shelf.OLM_SESSIONS, "alice", "one").isEmpty());
    }
  }

  private static Optional<String> text(CryptoStore store, String name) {
    return store
        .get(Shelf.OLM_SESSIONS, "alice", name)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// Written by the first version that had a format. It may never become unreadable.
  @Test
  void aFileOfTheFirstFormatIsRead() throws IOException {
    Path path = folder.resolve("store");
    try (InputStream kept = FileStoreTest.class.getResourceAsStream("format-1.store")) {
      Files.copy(Objects.requireNonNull(kept), path);
    }
    try (FileStore store = open(path, "correct horse")) {
      assertEquals(Optional.of("first"), text(store, "one"));
      assertEquals(Set.of("one", "two"), store.group(Shelf.OLM_SESSIONS, "alice").keySet());
      assertEquals(3_000, store.get(Shelf.STATE, "", "large").orElseThrow().length);
      store.apply(List.of(put("alice", "three", "third")));
      assertEquals(Optional.of("third"), text(store, "three"));
    }
  }

  @Test
  void aFileOfANewerFormatIsRefusedAndLeftAsItIs() {
    Path path = folder.resolve("store");
    List<FileStore.Step> newer = List.of(_ -> List.of());
    try (FileStore store = open(path, "correct horse", newer)) {
      store.apply(List.of(put("alice", "one", "1")));
    }
    StoreException refused =
        assertThrows(StoreException.class, () -> open(path, "correct horse", List.of()));
    assertEquals(Reason.NEWER_FORMAT, refused.reason());
    try (FileStore store = open(path, "correct horse", newer)) {
      assertEquals(Optional.of("1"), text(store, "one"));
    }
  }

  @Test
  void anOlderFileIsTakenThroughEachLaterStepOnce() {
    FileStore.Step rename =
        before ->
            List.of(
                put("alice", "renamed", text(before, "one").orElseThrow()),
                new Change.Delete(Shelf.OLM_SESSIONS, "alice", "one"));
    FileStore.Step append =
        before -> List.of(put("alice", "renamed", text(before, "renamed").orElseThrow() + "+"));
    FileStore.Step fail =
        _ -> {
          throw new StoreException(Reason.UNUSABLE, "This step cannot be taken.");
        };
    Path path = folder.resolve("store");
    try (FileStore store = open(path, "correct horse", List.of())) {
      store.apply(List.of(put("alice", "one", "1")));
    }
    assertThrows(StoreException.class, () -> open(path, "correct horse", List.of(rename, fail)));
    for (int i = 0; i < 2; i++) {
      try (FileStore store = open(path, "correct horse", List.of(rename, append))) {
        assertEquals(Optional.of("1+"), text(store, "renamed"));
        assertEquals(Optional.empty(), text(store, "one"));
      }
    }
  }

  @Test
  void anotherPassphraseOrKeyIsRefused() {
    Path path = folder.resolve("store");
    open(path, "correct horse").close();
    Reason passphrase =
        assertThrows(StoreException.class, () -> open(path, "battery staple")).reason();
    assertEquals(Reason.WRONG_KEY, passphrase);
    assertEquals(Reason.WRONG_KEY, refusal(path, KEY));
    open(path, "correct horse").close();
  }

  @Test
  void storeAndKeyFileAreMadeOnceAndForTheirOwnerOnly() throws IOException {
    Path path = folder.resolve("store");
    Path keyFile = folder.resolve("key");
    for (int i = 0; i < 2; i++) {
      try (StoreKey key = StoreKey.file(keyFile, new SecureRandom());
          FileStore store = FileStore.open(path, key, new SecureRandom())) {
        store.apply(List.of(put("alice", "one", "1")));
      }
    }
    assertEquals(32, Files.size(keyFile));
    for (Path made : List.of(path, keyFile)) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(made));
    }
    Files.write(keyFile, new byte[31]);
    StoreException refused =
        assertThrows(
            StoreException.class, () -> StoreKey.file(keyFile, new SecureRandom()).close());
    assertEquals(Reason.WRONG_KEY, refused.reason());
  }

  @Test
  void onlyOneOpensItAtATime() {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, KEY)) {
      assertEquals(Reason.IN_USE, refusal(path, KEY));
      store.apply(List.of(put("alice", "one", "1")));
    }
    try (FileStore store = open(path, KEY)) {
      assertTrue(store.get(Shelf.OLM_SESSIONS, "alice", "one").isPresent());
    }
  }

  @Test
  void theFileShowsNeitherNamesNorValues() throws IOException {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, KEY)) {
      store.apply(List.of(put("@alice:example.org", "the-name", "the-value")));
    }
    String file = Files.readString(path, StandardCharsets.ISO_8859_1);
    assertFalse(file.contains("alice"));
    assertFalse(file.contains("the-name"));
    assertFalse(file.contains("the-value"));
  }

  @Test
  void anEntryThatWasMovedOrChangedIsRefused() {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, KEY)) {
      store.apply(List.of(put("alice", "one", "1"), put("alice", "two", "2")));
    }
    try (MVStore file = MVStore.open(path.toString())) {
      MVMap<byte[], byte[]> entries =
          file.openMap(
              "entries",
              new MVMap.Builder<byte[], byte[]>()
                  .keyType(ByteArrayDataType.INSTANCE)
                  .valueType(ByteArrayDataType.INSTANCE));
      byte[] first = entries.firstKey();
      byte[] last = entries.lastKey();
      byte[] moved = entries.get(first);
      entries.put(first, entries.get(last));
      entries.put(last, moved);
      file.commit();
    }
    try (FileStore store = open(path, KEY)) {
      StoreException refused =
          assertThrows(StoreException.class, () -> store.get(Shelf.OLM_SESSIONS, "alice", "one"));
      assertEquals(Reason.DAMAGED, refused.reason());
      assertThrows(StoreException.class, () -> store.group(Shelf.OLM_SESSIONS, "alice"));
    }
  }

  @Test
  void whatIsNoStoreIsRefused() throws IOException {
    Path path = folder.resolve("store");
    Files.writeString(path, "This is a letter.".repeat(1_000));
    assertEquals(Reason.DAMAGED, refusal(path, KEY));
    assertTrue(Files.readString(path).startsWith("This is a letter."));
    assertEquals(Reason.UNUSABLE, refusal(folder.resolve("no such folder/store"), KEY));
  }

  @Test
  void theFileDoesNotGrowWithWhatWasReplaced() throws IOException {
    Path path = folder.resolve("store");
    Random random = new Random(1);
    byte[] value = new byte[500];
    try (FileStore store = open(path, KEY)) {
      for (int i = 0; i < 1_000; i++) {
        random.nextBytes(value);
        store.apply(List.of(new Change.Put(Shelf.STATE, "g", "n" + i % 100, value.clone())));
      }
      assertTrue(Files.size(path) < 1 << 20, () -> path.toFile().length() + " bytes");
    }
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() {
    Path path = folder.resolve("store");
    try (FileStore store = open(path, KEY)) {
      Thread.currentThread().interrupt();
      store.apply(List.of(put("alice", "one", "1")));
      assertTrue(Thread.interrupted());
      store.apply(List.of(put("alice", "two", "2")));
      assertEquals(Reason.IN_USE, refusal(path, KEY));
    }
    try (FileStore store = open(path, KEY)) {
      assertEquals(2, store.group(Shelf.OLM_SESSIONS, "alice").size());
    }
  }

  @Test
  void aMarkSaysThatTheFileIsOpen() {
    Path mark = folder.resolve("store.open");
    try (FileStore store = open(folder.resolve("store"), KEY)) {
      store.apply(List.of(put("alice", "one", "1")));
      assertTrue(Files.exists(mark));
    }
    assertFalse(Files.exists(mark));
  }

  @Test
  void whatAnotherProcessHasOpenIsRefusedAndNotHarmed() throws Exception {
    Path path = folder.resolve("store");
    Process writer = writer(path, 0);
    int last;
    try (BufferedReader said = writer.inputReader()) {
      assertEquals("0", said.readLine());
      assertEquals(Reason.IN_USE, refusal(path, KEY));
      last = Integer.parseInt(said.readLine()) + 20;
      // It goes on as if nothing had been.
      for (int n = 2; n <= last; n++) {
        assertEquals(Integer.toString(n), said.readLine());
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
    try (FileStore store = open(path, KEY)) {
      for (int n = 0; n <= last; n++) {
        assertArrayEquals(
            KilledWriter.value(n), store.get(Shelf.STATE, "g", "n" + n).orElseThrow());
      }
    }
  }

  private static Process writer(Path path, int start) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            KilledWriter.class.getName(),
            path.toString(),
            Integer.toString(start))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// A process writes one entry after the other and says so, until it is killed.
  @Test
  void whatWasAppliedSurvivesAKill() throws Exception {
    Path path = folder.resolve("store");
    Random random = new Random(2);
    int told = -1;
    for (int kill = 0; kill < KILLS; kill++) {
      int start = told + 1;
      Process writer = writer(path, start);
      told = tellUntilKilled(writer, told, start + 20 + random.nextInt(200));
      writer.waitFor();
      try (FileStore store = open(path, KEY)) {
        for (int n = 0; n <= told; n++) {
          assertArrayEquals(
              KilledWriter.value(n), store.get(Shelf.STATE, "g", "n" + n).orElseThrow());
        }
      }
    }
    assertTrue(told >= KILLS * 20);
  }

  /// The last number that a writer told before it was killed, after it had told `most`.
  private static int tellUntilKilled(Process writer, int before, int most) throws IOException {
    int told = before;
    try (BufferedReader said = writer.inputReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        told = Integer.parseInt(line);
        if (told == most) {
          // Process.destroyForcibly would close the pipe, with what is still in it.
          writer.toHandle().destroyForcibly();
        }
      }
    }
    return told;
  }

  /// Writes until it is killed.
  static final class KilledWriter {
    private KilledWriter() {}

    static byte[] value(int n) {
      byte[] value = new byte[n % 3_000];
      new Random(n).nextBytes(value);
      return value;
    }

    public static void main(String[] arguments) {
      try (FileStore store = open(Path.of(arguments[0]), KEY)) {
        for (int n = Integer.parseInt(arguments[1]); true; n++) {
          store.apply(List.of(new Change.Put(Shelf.STATE, "g", "n" + n, value(n))));
          System.out.println(n);
        }
      }
    }
  }
}
