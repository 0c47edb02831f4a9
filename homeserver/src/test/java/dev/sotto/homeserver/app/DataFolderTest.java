package dev.sotto.homeserver.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.id.ServerName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  private static final ServerName NAME = new ServerName("example.org");

  @TempDir Path parent;

  @Test
  void signingKeyIsMadeOnceAndKept() throws Exception {
    byte[] seed;
    try (DataFolder first = open(NAME)) {
      seed = first.signingKey().seed();
    }
    try (DataFolder second = open(NAME)) {
      assertArrayEquals(seed, second.signingKey().seed());
    }
  }

  @Test
  void nobodyElseMayReadTheKey() throws Exception {
    open(NAME).close();
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder().resolve("signing.key")));
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(folder()));
  }

  @Test
  void damagedKeyIsNotReplaced() throws Exception {
    open(NAME).close();
    Files.writeString(folder().resolve("signing.key"), "ed25519 a_AAAA short\n");
    assertTrue(refusal(NAME).contains("is damaged"));
    assertEquals("ed25519 a_AAAA short\n", Files.readString(folder().resolve("signing.key")));
  }

  @Test
  void folderInUseIsRefused() throws Exception {
    try (DataFolder first = open(NAME)) {
      assertEquals("ed25519:", first.signingKey().keyId().substring(0, 8));
      assertTrue(refusal(NAME).contains("Another server is running"));
    }
    open(NAME).close();
  }

  @Test
  void folderOfAnotherNameIsRefused() throws Exception {
    open(NAME).close();
    assertTrue(refusal(new ServerName("other.example.org")).contains("'example.org'"));
    open(NAME).close();
  }

  private Path folder() {
    return parent.resolve("data");
  }

  private DataFolder open(ServerName name) throws StartException {
    return DataFolder.open(folder(), name, new SecureRandom());
  }

  private String refusal(ServerName name) {
    return String.valueOf(assertThrows(StartException.class, () -> open(name)).getMessage());
  }
}
