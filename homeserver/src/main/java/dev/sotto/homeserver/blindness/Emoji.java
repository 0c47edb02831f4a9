package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.event.ReactionKey;
import dev.sotto.protocol.id.ServerName;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What one may react with: one character, or the address of a custom emoji on this server.
final class Emoji implements Shape {
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
    return ReactionKey.isOneCharacter(key);
  }
}
