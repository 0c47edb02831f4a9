package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.media.Media;
import java.util.List;

/// Downloads for those who have an access token.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#content-repository
public final class AuthedContentRepoEndpoints {
  private final MediaAnswers answers;

  public AuthedContentRepoEndpoints(Media media, long maxUploadBytes) {
    answers = new MediaAnswers(media, maxUploadBytes);
  }

  public List<Route> routes() {
    String path = "/_matrix/client/v1/media";
    String content = "/{serverName}/{mediaId}";
    return List.of(
        Route.get(path + "/download" + content, Access.GUEST, this::getContentAuthed),
        Route.get(
            path + "/download" + content + "/{fileName}",
            Access.GUEST,
            this::getContentOverrideNameAuthed),
        Route.get(path + "/thumbnail" + content, Access.GUEST, this::getContentThumbnailAuthed),
        Route.get(path + "/preview_url", Access.USER, this::getUrlPreviewAuthed),
        Route.get(path + "/config", Access.USER, this::getConfigAuthed));
  }

  private Object getContentAuthed(Request request) {
    return answers.download(request, null);
  }

  private Object getContentOverrideNameAuthed(Request request) {
    return answers.download(request, request.path("fileName"));
  }

  private Object getContentThumbnailAuthed(Request request) {
    return answers.thumbnail(request);
  }

  private Object getUrlPreviewAuthed(Request request) {
    return answers.preview(request);
  }

  private Object getConfigAuthed(Request request) {
    return answers.config();
  }
}
