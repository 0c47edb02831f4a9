package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.id.ServerName;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What one may react with: one character as people see it, for example a flag or a family, or the
/// address of a custom emoji on this server. A word is a message, and has to be sent as one.
final class Emoji implements Shape {
  /// Twice what the longest emoji of Unicode 16 take.
  private static final int MAX_BYTES = 72;

  private static final Pattern ONE_CHARACTER = Pattern.compile("\\X");
  private static final Pattern BLANK =
      Pattern.compile("[\\s\\p{Z}\\p{Cc}\\p{Cs}\\p{Co}].*", Pattern.DOTALL);

  private final Pattern custom;

  /// @param server whose files may be emojis: the id of one that it made itself says nothing
  Emoji(ServerName server) {
    custom = Pattern.compile(Pattern.quote("mxc://" + server.value() + "/") + "[A-Za-z0-9_-]{24}");
  }

  @Override
  public JsonNode keep(JsonNode value) {
    if (!value.isString() || !isEmojiSized(value.stringValue())) {
      throw new Misfit("must be a single emoji");
    }
    return value;
  }

  private boolean isEmojiSized(String key) {
    if (key.startsWith("mxc://")) {
      return custom.matcher(key).matches();
    }
    return key.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
        && ONE_CHARACTER.matcher(key).matches()
        && !BLANK.matcher(key).matches();
  }
}
