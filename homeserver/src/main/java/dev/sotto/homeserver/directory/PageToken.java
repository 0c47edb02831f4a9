package dev.sotto.homeserver.directory;

import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A place in the list of public rooms. The room itself is part of it, so that a page goes on where
/// the last one ended although rooms came, went and grew in between.
///
/// @param backwards whether it leads to the rooms before this one, else to this one and those after
/// @param members how many members the room had
record PageToken(boolean backwards, int members, String room) {

  /// The place before a room, looking back.
  static PageToken of(PublicRoom room) {
    return new PageToken(true, room.numJoinedMembers(), room.roomId());
  }

  PageToken forwards() {
    return new PageToken(false, members, room);
  }

  static PageToken parse(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int space = plain.indexOf(' ');
      return new PageToken(
          plain.charAt(0) == 'b',
          Integer.parseInt(plain.substring(1, space)),
          plain.substring(space + 1));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw MatrixException.invalidParam("'since' is no token of this list.");
    }
  }

  @Override
  public String toString() {
    String plain = (backwards ? "b" : "f") + members + " " + room;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }
}
