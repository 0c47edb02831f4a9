package dev.sotto.homeserver.profiles;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The name of a profile's field.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#profiles
public record ProfileField(String name) {
  private static final int MAX_BYTES = 255;
  private static final int MAX_DISPLAY_NAME_LENGTH = 256;
  private static final int MAX_AVATAR_URL_LENGTH = 1000;
  private static final Pattern GRAMMAR = Pattern.compile("[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)+");

  /// Refuses with `M_KEY_TOO_LARGE` and `M_INVALID_PARAM` what can be no field's name.
  public ProfileField {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new MatrixException(
          ErrorCode.M_KEY_TOO_LARGE,
          "The name of a profile's field must not be longer than 255 bytes.");
    }
    if (!isShownInRooms(name) && !GRAMMAR.matcher(name).matches()) {
      throw MatrixException.invalidParam("A profile has no field of this name.");
    }
  }

  /// Whether the rooms that a user is in show this field too.
  boolean isShownInRooms() {
    return isShownInRooms(name);
  }

  private static boolean isShownInRooms(String name) {
    return name.equals(Profile.DISPLAY_NAME) || name.equals(Profile.AVATAR_URL);
  }

  /// Refuses a value that the field cannot have.
  void check(JsonNode value) {
    switch (name) {
      case Profile.DISPLAY_NAME -> checkText(value, MAX_DISPLAY_NAME_LENGTH);
      case Profile.AVATAR_URL -> {
        checkText(value, MAX_AVATAR_URL_LENGTH);
        checkAvatar(value.stringValue());
      }
      case "m.tz" -> checkText(value, MAX_BYTES);
      default -> {
        // Any JSON may stand in a field of somebody's own.
      }
    }
  }

  private void checkText(JsonNode value, int maxLength) {
    if (!value.isString()) {
      throw MatrixException.badJson("'" + name + "' must be a string.");
    }
    String text = value.stringValue();
    if (text.codePointCount(0, text.length()) > maxLength) {
      throw MatrixException.invalidParam(
          "'" + name + "' must not be longer than " + maxLength + " characters.");
    }
  }

  /// An address elsewhere would tell its owner who looks at this user.
  private static void checkAvatar(String url) {
    if (url.contains("://") && !url.startsWith("mxc://")) {
      throw MatrixException.invalidParam("'avatar_url' must be an mxc:// address.");
    }
  }
}
