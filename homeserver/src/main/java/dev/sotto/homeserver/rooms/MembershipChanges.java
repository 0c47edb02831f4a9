package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.PowerLevels;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How users come into rooms and leave them. What the room's rules deny is `M_FORBIDDEN`.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
public final class MembershipChanges {
  private static final int MAX_AUTHORISERS_LOOKED_AT = 10_000;

  private final RoomServices services;
  private final Users users;
  private final Journal journal;
  private final Gate gate;
  private final MemberProfiles profiles;
  private final ServerName server;

  public MembershipChanges(
      RoomServices services,
      Users users,
      Journal journal,
      Gate gate,
      MemberProfiles profiles,
      ServerName server) {
    this.services = services;
    this.users = users;
    this.journal = journal;
    this.gate = gate;
    this.profiles = profiles;
    this.server = server;
  }

  /// Joins a room; does nothing for one who is in it.
  ///
  /// @param guest whether the user is a guest, whom the room must welcome as such
  /// @param signed proof of a third-party invitation, or null
  public void join(
      Room room, UserId user, boolean guest, @Nullable String reason, @Nullable ObjectNode signed) {
    RoomState state = room.state();
    if (state.isJoined(user)) {
      return;
    }
    if (guest && !"can_join".equals(state.string(StateKey.GUEST_ACCESS, "guest_access"))) {
      throw new MatrixException(
          ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "This room is not open for guests.");
    }
    ObjectNode content = withReason(profileContent("join", user), reason);
    if (signed != null) {
      content.putObject("third_party_invite").set("signed", signed);
    }
    authoriser(room, user)
        .ifPresent(by -> content.put("join_authorised_via_users_server", by.value()));
    write(room, user, user, content);
  }

  /// Whoever lets a user into a restricted room who was not invited: a local member who may invite.
  /// Empty where nobody is needed.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
  private Optional<UserId> authoriser(Room room, UserId user) {
    RoomState state = room.state();
    if (!RestrictedJoins.areFor(state) || state.membership(user) == Membership.INVITE) {
      return Optional.empty();
    }
    if (!services.restrictedJoins().admit(state, user)) {
      throw MatrixException.forbidden(
          "You are in none of the rooms whose members may join this one.");
    }
    PowerLevels levels = state.powerLevels(room.version());
    return Optional.of(
        state.joined().stream()
            .limit(MAX_AUTHORISERS_LOOKED_AT)
            .filter(member -> member.isOn(server) && levels.of(member) >= levels.invite())
            .findFirst()
            .orElseThrow(
                () ->
                    new MatrixException(
                        ErrorCode.M_UNABLE_TO_GRANT_JOIN,
                        "No member of this server may invite to that room.")));
  }

  /// Asks to be let in.
  public void knock(Room room, UserId user, @Nullable String reason) {
    write(room, user, user, withReason(profileContent("knock", user), reason));
  }

  /// Invites somebody.
  public void invite(Room room, UserId inviter, UserId invitee, @Nullable String reason) {
    if (!invitee.isOn(server)) {
      throw MatrixException.forbidden(
          "That user is on another server, and this one does not talk to others.");
    }
    if (room.state().isJoined(invitee)) {
      throw MatrixException.forbidden("That user is in the room already.");
    }
    write(room, inviter, invitee, withReason(profileContent("invite", invitee), reason));
  }

  /// Leaves a room, or turns down an invitation, or takes back a knock.
  public void leave(Room room, UserId user, @Nullable String reason) {
    write(room, user, user, withReason(bare("leave"), reason));
  }

  /// Removes somebody who is in the room, was invited or knocked.
  public void kick(Room room, UserId by, UserId target, @Nullable String reason) {
    Membership membership = room.state().membership(target);
    if (membership == Membership.LEAVE || membership == Membership.BAN) {
      throw MatrixException.forbidden("That user is not in the room.");
    }
    write(room, by, target, withReason(bare("leave"), reason));
  }

  /// Removes somebody and keeps them out.
  public void ban(Room room, UserId by, UserId target, @Nullable String reason) {
    write(room, by, target, withReason(bare("ban"), reason));
  }

  /// Lifts a ban.
  public void unban(Room room, UserId by, UserId target, @Nullable String reason) {
    if (room.state().membership(target) != Membership.BAN) {
      throw MatrixException.forbidden("That user is not banned from the room.");
    }
    write(room, by, target, withReason(bare("leave"), reason));
  }

  /// Forgets a room that the user has left: it is not shown any more.
  public void forget(Room room, UserId user) {
    Memberships.Entry entry = services.memberships().of(user, room.number());
    if (entry == null) {
      throw MatrixException.forbidden("You were never in this room.");
    }
    if (entry.membership() != Membership.LEAVE && entry.membership() != Membership.BAN) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "Leave the room before you forget it.");
    }
    services.memberships().forget(journal, users.number(user), room.number());
  }

  /// Shows a changed profile in every room that the user is joined to.
  public void profileChanged(UserId user) {
    for (Room room : services.memberships().joined(user)) {
      StoredEvent current = room.state().stored(StateKey.member(user));
      if (current == null) {
        continue;
      }
      ObjectNode content = current.content().deepCopy();
      content.remove("displayname");
      content.remove("avatar_url");
      content.remove("reason");
      content.remove("join_authorised_via_users_server");
      content.remove("third_party_invite");
      content.setAll(profileContent("join", user));
      if (!content.equals(current.content())) {
        write(room, user, user, content);
      }
    }
  }

  private void write(Room room, UserId sender, UserId target, ObjectNode content) {
    services
        .writer()
        .append(room, new Draft(sender, gate.admit(EventTypes.MEMBER, target.value(), content)));
  }

  private ObjectNode profileContent(String membership, UserId user) {
    return MembershipContent.of(membership, profiles.of(user));
  }

  private static ObjectNode bare(String membership) {
    return Json.object().put("membership", membership);
  }

  private static ObjectNode withReason(ObjectNode content, @Nullable String reason) {
    return reason == null ? content : content.setAll(Map.of("reason", text(reason)));
  }

  private static JsonNode text(String value) {
    return Json.mapper().getNodeFactory().stringNode(value);
  }
}
