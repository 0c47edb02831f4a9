package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Content on its way in.
///
/// @param contentType the type that the client claims; one that is ill-formed counts as none
/// @param fileName the name that the client gives, at most 1,024 characters
/// @param declaredBytes the length that was announced, or -1
public record Upload(
    @Nullable String contentType,
    @Nullable String fileName,
    long declaredBytes,
    InputStream bytes) {
  private static final int MAX_TYPE_LENGTH = 255;
  private static final int MAX_NAME_LENGTH = 1024;
  private static final String TOKEN = "[!#$%&'+.^_`|~0-9A-Za-z-]+";
  // Without the asterisk, which a token may hold too: a type is one, not a pattern of many.
  private static final Pattern TYPE = Pattern.compile(TOKEN + "/" + TOKEN + "(\\s*;[ -~]*)?");

  public Upload {
    if (contentType != null
        && (contentType.length() > MAX_TYPE_LENGTH || !TYPE.matcher(contentType).matches())) {
      contentType = null;
    }
    if (fileName != null && fileName.isEmpty()) {
      fileName = null;
    }
    if (fileName != null
        && (fileName.length() > MAX_NAME_LENGTH
            || fileName.chars().anyMatch(Character::isISOControl))) {
      throw MatrixException.invalidParam(
          "A file name may have at most 1,024 characters, and none of them a control character.");
    }
  }

  /// What is said when the client went away before all had come in.
  static MatrixException brokenOff() {
    return new MatrixException(ErrorCode.M_UNKNOWN, "The upload broke off.");
  }
}
