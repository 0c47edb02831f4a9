package dev.sotto.client;

import dev.sotto.client.http.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file to be sent: `FileUpload.of(Path.of("chart.png")).captioned("July")`.
///
/// In an encrypted room the server learns neither the name nor the type of it, only its size.
public final class FileUpload {
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final String name;
  private final String contentType;
  private final @Nullable Path path;
  private final byte[] bytes;
  private final @Nullable String caption;

  private FileUpload(
      String name,
      String contentType,
      @Nullable Path path,
      byte[] bytes,
      @Nullable String caption) {
    this.name = name;
    this.contentType = contentType;
    this.path = path;
    this.bytes = bytes;
    this.caption = caption;
  }

  /// A file on disk, under its own name; its type is what the system takes it for.
  public static FileUpload of(Path path) {
    String name = String.valueOf(path.getFileName());
    return new FileUpload(name, typeOf(path), path, new byte[0], null);
  }

  /// Bytes in memory.
  public static FileUpload of(String name, String contentType, byte[] bytes) {
    return new FileUpload(name, contentType, null, bytes.clone(), null);
  }

  private static String typeOf(Path path) {
    try {
      String type = Files.probeContentType(path);
      return type == null ? UNKNOWN_TYPE : type;
    } catch (IOException _) {
      return UNKNOWN_TYPE;
    }
  }

  /// The same under another name.
  public FileUpload named(String other) {
    return new FileUpload(other, contentType, path, bytes, caption);
  }

  /// The same as something of another type, such as `image/png`.
  public FileUpload typed(String other) {
    return new FileUpload(name, other, path, bytes, caption);
  }

  /// The same with a few words to it.
  public FileUpload captioned(String words) {
    return new FileUpload(name, contentType, path, bytes, words);
  }

  String name() {
    return name;
  }

  String contentType() {
    return contentType;
  }

  Optional<String> caption() {
    return Optional.ofNullable(caption);
  }

  /// What kind of message it makes.
  String messageType() {
    String family = contentType.toLowerCase(Locale.ROOT).replaceFirst("/.*", "");
    return switch (family) {
      case "image", "audio", "video" -> "m." + family;
      default -> "m.file";
    };
  }

  long sizeBytes() throws IOException {
    return path == null ? bytes.length : Files.size(path);
  }

  InputStream open() throws IOException {
    return path == null ? new ByteArrayInputStream(bytes) : Files.newInputStream(path);
  }

  /// A request that carries it as it is.
  Request on(Request request) {
    return path == null ? request.bytes(bytes, contentType) : request.file(path, contentType);
  }

  /// Without its name.
  @Override
  public String toString() {
    return "FileUpload";
  }
}
