package dev.sotto.protocol.event;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// What stands beside a message as a reaction. It is not encrypted, so it must not say more than a
/// sign can.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#event-annotations-and-reactions
public final class ReactionKey {
  /// Twice what the longest emoji of Unicode 16 take.
  private static final int MAX_BYTES = 72;

  private static final Pattern ONE_CHARACTER = Pattern.compile("\\X");
  private static final Pattern BLANK =
      Pattern.compile("[\\s\\p{Z}\\p{Cc}\\p{Cs}\\p{Co}].*", Pattern.DOTALL);

  private ReactionKey() {}

  /// Whether it is one character as people see it, for example a flag or a family. A word is a
  /// message, and has to be sent as one.
  public static boolean isOneCharacter(String key) {
    return key.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
        && ONE_CHARACTER.matcher(key).matches()
        && !BLANK.matcher(key).matches();
  }
}
