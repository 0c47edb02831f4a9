package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.AuthedContentRepoEndpoints;
import dev.sotto.homeserver.api.client.ContentRepoEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.media.Media;
import java.util.List;
import java.util.stream.Stream;

/// The routes by which content comes and goes.
final class MediaRoutes {
  private MediaRoutes() {}

  static List<Route> of(Settings settings, Media media) {
    long maxUploadBytes = settings.media().maxUploadBytes();
    return Stream.of(
            new ContentRepoEndpoints(
                    media, maxUploadBytes, settings.media().unauthenticatedDownloads())
                .routes(),
            new AuthedContentRepoEndpoints(media, maxUploadBytes).routes())
        .flatMap(List::stream)
        .toList();
  }
}
