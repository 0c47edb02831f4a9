package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.FileSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file takes its place when it is whole, and not before.
class DownloadsTest {
  private static final String URL = "mxc://example.org/abc";
  private static final byte[] PLAIN = new byte[100_000];

  @TempDir Path folder;

  private final Sandbox sandbox = new Sandbox();
  private final Attachments attachments = new Attachments(new SecureRandom());
  private final Downloads downloads = new Downloads(sandbox.calls, attachments);
  private final Attachments.Encrypted encrypted = attachments.encrypt(PLAIN);
  private final FileSource source =
      new FileSource(URL, Optional.of(new EncryptedFile(URL, encrypted.key()).json()));
  private Path target = Path.of("");

  @BeforeEach
  void anOlderFileIsThere() throws IOException {
    target = Files.writeString(folder.resolve("target"), "an older file");
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void serves(byte[] bytes) {
    sandbox.server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void assertAsBefore() throws IOException {
    assertEquals("an older file", Files.readString(target));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(target), files.toList());
    }
  }

  @Test
  void wholeFileTakesThePlaceOfAnOlderOne() throws IOException {
    serves(encrypted.ciphertext());
    downloads.fetch(source, target, PLAIN.length);
    assertArrayEquals(PLAIN, Files.readAllBytes(target));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(target), files.toList());
    }
  }

  @Test
  void alteredOrCutFileLeavesTheOlderOneAsItWas() throws IOException {
    byte[] altered = encrypted.ciphertext().clone();
    altered[PLAIN.length - 1] ^= 1;
    for (byte[] wrong : List.of(altered, Arrays.copyOf(altered, 1000), new byte[0])) {
      serves(wrong);
      assertThrows(IOException.class, () -> downloads.fetch(source, target, PLAIN.length));
      assertAsBefore();
    }
  }

  @Test
  void fileLongerThanAllowedLeavesTheOlderOneAsItWas() throws IOException {
    serves(encrypted.ciphertext());
    MatrixRequestException refused =
        assertThrows(
            MatrixRequestException.class, () -> downloads.fetch(source, target, PLAIN.length - 1));
    assertEquals(MatrixRequestException.Kind.TOO_LARGE, refused.kind());
    assertAsBefore();
  }
}
