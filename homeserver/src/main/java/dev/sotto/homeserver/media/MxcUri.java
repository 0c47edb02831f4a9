package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import java.util.regex.Pattern;

/// Where content is found, `mxc://server/id`.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#matrix-content-mxc-uris
public record MxcUri(ServerName server, String mediaId) {
  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public MxcUri {
    if (!GRAMMAR.matcher(mediaId).matches()) {
      throw MatrixException.notFound("There is no content with this id.");
    }
  }

  @Override
  public String toString() {
    return "mxc://" + server + "/" + mediaId;
  }
}
