package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.media.Media;
import dev.sotto.homeserver.media.Upload;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;

/// Uploads, and the older addresses of downloads, which ask for no access token.
///
/// The older downloads are closed unless the server's owner opens them: knowing an id should not be
/// enough to read what it names.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#content-repository
public final class ContentRepoEndpoints {
  /// Clients of the time before versions were per endpoint still ask at the other two.
  private static final List<String> VERSIONS = List.of("v3", "r0", "v1");

  private record Uploaded(String contentUri) {}

  private record Created(String contentUri, long unusedExpiresAt) {}

  private final Media media;
  private final MediaAnswers answers;
  private final long maxUploadBytes;
  private final boolean unauthenticatedDownloads;

  public ContentRepoEndpoints(Media media, long maxUploadBytes, boolean unauthenticatedDownloads) {
    this.media = media;
    this.answers = new MediaAnswers(media, maxUploadBytes);
    this.maxUploadBytes = maxUploadBytes;
    this.unauthenticatedDownloads = unauthenticatedDownloads;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String version : VERSIONS) {
      String path = "/_matrix/media/" + version;
      String content = "/{serverName}/{mediaId}";
      routes.add(
          Route.post(path + "/upload", Access.USER, this::uploadContent)
              .withBodyLimit(maxUploadBytes)
              .withRate(Rate.MEDIA));
      routes.add(
          Route.put(path + "/upload" + content, Access.USER, this::uploadContentToMxc)
              .withBodyLimit(maxUploadBytes)
              .withRate(Rate.MEDIA));
      routes.add(Route.get(path + "/download" + content, Access.PUBLIC, this::getContent));
      routes.add(
          Route.get(
              path + "/download" + content + "/{fileName}",
              Access.PUBLIC,
              this::getContentOverrideName));
      routes.add(
          Route.get(path + "/thumbnail" + content, Access.PUBLIC, this::getContentThumbnail));
      routes.add(Route.get(path + "/preview_url", Access.USER, this::getUrlPreview));
      routes.add(Route.get(path + "/config", Access.USER, this::getConfig));
    }
    routes.add(
        Route.post("/_matrix/media/v1/create", Access.USER, this::createContent)
            .withRate(Rate.MEDIA));
    return routes;
  }

  private Object uploadContent(Request request) {
    return new Uploaded(media.upload(request.user(), upload(request)).toString());
  }

  private Object createContent(Request request) {
    Media.Reservation made = media.reserve(request.user());
    return new Created(made.uri().toString(), made.expiresTs());
  }

  private Object uploadContentToMxc(Request request) {
    media.fill(request.user(), MediaAnswers.uri(request), upload(request));
    return Json.object();
  }

  private static Upload upload(Request request) {
    return new Upload(
        request.header("Content-Type"),
        request.query("filename"),
        request.bodyLength(),
        request.bodyStream());
  }

  private Object getContent(Request request) {
    requireOpen(request);
    return answers.download(request, null);
  }

  private Object getContentOverrideName(Request request) {
    requireOpen(request);
    return answers.download(request, request.path("fileName"));
  }

  private Object getContentThumbnail(Request request) {
    requireOpen(request);
    return answers.thumbnail(request);
  }

  /// Says that there is nothing, where downloads need a token. What the two flags ask for is so
  /// anyway: all content is this server's own, and it redirects to nowhere else.
  private void requireOpen(Request request) {
    request.queryFlag("allow_remote", true);
    request.queryFlag("allow_redirect", false);
    if (!unauthenticatedDownloads) {
      throw MatrixException.notFound("Content can be downloaded only with an access token.");
    }
  }

  private Object getUrlPreview(Request request) {
    return answers.preview(request);
  }

  private Object getConfig(Request request) {
    return answers.config();
  }
}
