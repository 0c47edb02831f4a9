package dev.sotto.client;

import dev.sotto.client.encryption.attachment.AttachmentException;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.event.FileSource;
import dev.sotto.client.http.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// Files from the server: checked and decrypted where they were encrypted.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
final class Downloads {
  private static final Pattern MXC =
      Pattern.compile("mxc://([^/?#]{1,255})/([A-Za-z0-9_-]{1,255})");
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final Calls calls;
  private final Attachments attachments;

  Downloads(Calls calls, Attachments attachments) {
    this.calls = calls;
    this.attachments = attachments;
  }

  /// Downloads to a file, which appears when all of it has arrived and was found right.
  ///
  /// @throws IOException if it cannot be written, or is not what was sent
  void fetch(FileSource source, Path target, long maxBytes) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path received = Files.createTempFile(folder, ".", ".part");
    Path opened = Files.createTempFile(folder, ".", ".part");
    try {
      try (OutputStream out = Files.newOutputStream(received)) {
        calls.download(request(source.url()).limit(maxBytes), out);
      }
      Optional<ObjectNode> encryption = source.encryption();
      if (encryption.isPresent()) {
        open(received, opened, encryption.get());
      }
      Files.move(
          encryption.isPresent() ? opened : received,
          target,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(received);
      Files.deleteIfExists(opened);
    }
  }

  private void open(Path received, Path opened, ObjectNode json) throws IOException {
    try (OutputStream out = Files.newOutputStream(opened)) {
      EncryptedFile file = EncryptedFile.of(json);
      try (var key = file.key()) {
        attachments.decrypt(received, out, key);
      }
    } catch (AttachmentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Downloads a small encrypted file into memory. Its key stays open.
  ///
  /// @throws IOException if it is not what was sent
  byte[] fetch(EncryptedFile file, long maxBytes) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    calls.download(request(file.url()).limit(maxBytes), received);
    try {
      return attachments.decrypt(received.toByteArray(), file.key());
    } catch (AttachmentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Request request(String url) throws IOException {
    Matcher mxc = MXC.matcher(url);
    if (!mxc.matches()) {
      throw new IOException("The message names no file.");
    }
    return Request.get("/_matrix/client/v1/media/download/{}/{}", mxc.group(1), mxc.group(2))
        .timeout(TIMEOUT);
  }
}
