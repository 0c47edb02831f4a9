package dev.sotto.client.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreKeyTest {
  @TempDir Path folder;

  /// A crash in between would have left a key that no store can be opened with.
  @Test
  void keyFileIsNeverThereWithoutItsKey() throws Exception {
    Path keyFile = folder.resolve("key");
    Set<String> written = new HashSet<>();
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      StoreKey.file(keyFile, new SecureRandom()).close();
      Path last = Files.createFile(folder.resolve("last"));
      for (boolean over = false; !over; ) {
        WatchKey told = watch.take();
        for (WatchEvent<?> event : told.pollEvents()) {
          over |= event.context().equals(last.getFileName());
          if (event.kind().equals(StandardWatchEventKinds.ENTRY_MODIFY)) {
            written.add(event.context().toString());
          }
        }
        told.reset();
      }
    }
    // Where the system tells of it at all, something else was written, and renamed.
    assertFalse(written.contains("key"), written.toString());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          Set.of("key", "last"),
          left.map(each -> each.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  @Test
  void keyThatAnotherProcessHasJustMadeIsTheKey() throws Exception {
    Path keyFile = folder.resolve("key");
    byte[] theirs = new byte[StoreKey.BYTES];
    SecureRandom slow =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            try {
              Files.write(keyFile, theirs);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            super.nextBytes(bytes);
          }
        };
    try (StoreKey key = StoreKey.file(keyFile, slow)) {
      assertArrayEquals(theirs, key.root(new byte[0], 0, 0));
    }
    assertArrayEquals(theirs, Files.readAllBytes(keyFile));
  }
}
