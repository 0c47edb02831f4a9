package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;

/// Whom one can invite at all, whatever the room's rules are.
final class Invitations {
  private final UserFacts facts;
  private final ServerName server;

  Invitations(UserFacts facts, ServerName server) {
    this.facts = facts;
    this.server = server;
  }

  /// Refuses an invitation that would reach nobody, or somebody who wants none.
  ///
  /// @throws MatrixException `M_FORBIDDEN` for users of other servers, `M_NOT_FOUND` if there is no
  ///   such user, `M_INVITE_BLOCKED`
  void check(UserId invitee) {
    if (!invitee.isOn(server)) {
      throw MatrixException.forbidden(
          "That user is on another server, and this one does not talk to others.");
    }
    if (!facts.exists(invitee)) {
      throw MatrixException.notFound("There is no user " + invitee + " here.");
    }
    if (facts.blocksInvites(invitee)) {
      throw new MatrixException(
          ErrorCode.M_INVITE_BLOCKED, "That user does not accept invitations.");
    }
  }
}
