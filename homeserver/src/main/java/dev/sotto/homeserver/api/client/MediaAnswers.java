package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.media.Media;
import dev.sotto.homeserver.media.MediaFile;
import dev.sotto.homeserver.media.MxcUri;
import dev.sotto.homeserver.media.Thumbnail;
import dev.sotto.homeserver.media.ThumbnailRequest;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the endpoints of content have in common, with and without authentication.
final class MediaAnswers {
  private static final long DEFAULT_WAIT_MILLIS = 20_000;

  /// Keeps a browser from running or embedding what a stranger uploaded.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#content-repository
  private static final Map<String, String> SAFETY =
      Map.of(
          "Content-Security-Policy",
          "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf;"
              + " style-src 'unsafe-inline'; object-src 'self';",
          "X-Content-Type-Options",
          "nosniff",
          "Cross-Origin-Resource-Policy",
          "cross-origin",
          "Referrer-Policy",
          "no-referrer",
          // Content never changes under its id.
          "Cache-Control",
          "private, max-age=86400, immutable");

  private final Media media;
  private final long maxUploadBytes;

  MediaAnswers(Media media, long maxUploadBytes) {
    this.media = media;
    this.maxUploadBytes = maxUploadBytes;
  }

  Object config() {
    return Map.of("m.upload.size", maxUploadBytes);
  }

  /// A preview of a web page. This server calls no address that users write about, which would tell
  /// the page's owner and whoever watches what is being talked of; so there is nothing to say.
  Object preview(Request request) {
    request.requireQuery("url");
    return Json.object();
  }

  static MxcUri uri(Request request) {
    return new MxcUri(new ServerName(request.path("serverName")), request.path("mediaId"));
  }

  /// The content, under the name that the request gives or the one that it was uploaded with.
  Response download(Request request, @Nullable String fileName) {
    MediaFile content = require(request);
    Map<String, String> headers = new LinkedHashMap<>(SAFETY);
    String type = content.label().contentType();
    headers.put(
        "Content-Disposition",
        ContentDisposition.of(type, fileName == null ? content.label().fileName() : fileName));
    headers.put("Accept-Ranges", "bytes");
    ByteRange range = ByteRange.of(request.header("Range"), content.sizeBytes());
    if (range == null) {
      return new Response(
          200, headers, new Response.Stream(type, content.sizeBytes(), media.open(content, 0)));
    }
    if (range.equals(ByteRange.NONE)) {
      headers.put("Content-Range", "bytes */" + content.sizeBytes());
      return new Response(416, headers, new Response.Empty());
    }
    headers.put(
        "Content-Range", "bytes " + range.from() + "-" + range.to() + "/" + content.sizeBytes());
    InputStream part = new Part(media.open(content, range.from()), range.length());
    return new Response(206, headers, new Response.Stream(type, range.length(), part));
  }

  Response thumbnail(Request request) {
    ThumbnailRequest wanted =
        ThumbnailRequest.of(
            side(request, "width"),
            side(request, "height"),
            ThumbnailRequest.Method.named(
                Objects.requireNonNullElse(request.query("method"), "scale")),
            request.queryFlag("animated", false));
    Thumbnail thumbnail = media.thumbnail(require(request), wanted);
    Map<String, String> headers = new LinkedHashMap<>(SAFETY);
    String extension = thumbnail.contentType().substring("image/".length());
    headers.put(
        "Content-Disposition",
        ContentDisposition.of(thumbnail.contentType(), "thumbnail." + extension));
    return new Response(
        200,
        headers,
        new Response.Stream(thumbnail.contentType(), thumbnail.sizeBytes(), thumbnail.bytes()));
  }

  private static long side(Request request, String name) {
    request.requireQuery(name);
    return request.queryNumber(name, 0);
  }

  private MediaFile require(Request request) {
    long millis = request.queryNumber("timeout_ms", DEFAULT_WAIT_MILLIS);
    return media.require(
        uri(request), Duration.ofMillis(Math.min(millis, Media.MAX_WAIT.toMillis())));
  }

  /// The first bytes of a stream.
  private static final class Part extends FilterInputStream {
    private long left;

    Part(InputStream in, long length) {
      super(in);
      left = length;
    }

    @Override
    public int read() throws IOException {
      if (left <= 0) {
        return -1;
      }
      left--;
      return super.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int n = super.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(n, 0);
      return n;
    }
  }
}
