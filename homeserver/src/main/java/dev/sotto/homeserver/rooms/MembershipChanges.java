package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Admitted;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.PowerLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// How users come into rooms and leave them. What the room's rules deny is `M_FORBIDDEN`.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
public final class MembershipChanges {
  private static final Logger log = LoggerFactory.getLogger(MembershipChanges.class);
  private static final int MAX_AUTHORISERS_LOOKED_AT = 10_000;
  private static final String AUTHORISED_VIA = "join_authorised_via_users_server";

  private final RoomServices services;
  private final Users users;
  private final Journal journal;
  private final Gate gate;
  private final MemberProfiles profiles;
  private final Invitations invitations;
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
    this.invitations = new Invitations(services.facts(), server);
    this.server = server;
  }

  /// Joins a room; does nothing for one who is in it.
  ///
  /// @param reason why, or null
  /// @param signed proof of a third-party invitation, or null
  /// @throws MatrixException `M_GUEST_ACCESS_FORBIDDEN` for a guest in a room that is not for them
  public void join(Room room, UserId user, @Nullable String reason, @Nullable ObjectNode signed) {
    RoomState state = room.state();
    if (state.isJoined(user)) {
      return;
    }
    requireWelcome(state, user);
    List<Draft> drafts = new ArrayList<>();
    boolean invited = state.membership(user) == Membership.INVITE;
    if (signed != null && !invited) {
      drafts.add(redeemed(state, user, signed));
      invited = true;
    }
    ObjectNode content = withReason(profileContent("join", user), reason);
    if (!invited) {
      authoriser(room, user).ifPresent(by -> content.put(AUTHORISED_VIA, by.value()));
    }
    drafts.add(draft(user, user, content));
    services.writer().append(room, drafts, _ -> {});
    moved(room, user);
  }

  private void requireWelcome(RoomState state, UserId user) {
    if (services.facts().isGuest(user) && !admitsGuests(state)) {
      throw new MatrixException(
          ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "This room is not open for guests.");
    }
  }

  private static boolean admitsGuests(RoomState state) {
    return "can_join".equals(state.string(StateKey.GUEST_ACCESS, "guest_access"));
  }

  /// The invitation that a proof makes of an offer to somebody outside Matrix; the room's rules
  /// look at the proof.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#third-party-invites
  private Draft redeemed(RoomState state, UserId user, ObjectNode signed) {
    String token = signed.path("token").stringValue("");
    StoredEvent offer = state.stored(StateKey.thirdPartyInvite(token));
    if (offer == null) {
      throw MatrixException.forbidden("Nobody offered this third-party invitation.");
    }
    ObjectNode content = profileContent("invite", user);
    ObjectNode invite = content.putObject("third_party_invite");
    invite.put("display_name", offer.content().path("display_name").stringValue(""));
    invite.set("signed", signed);
    return draft(offer.sender(), user, content);
  }

  /// Whoever lets a user into a restricted room who was not invited: a local member who may invite.
  /// Empty where nobody is needed.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
  private Optional<UserId> authoriser(Room room, UserId user) {
    RoomState state = room.state();
    if (!RestrictedJoins.areFor(state)) {
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

  /// Lets the user's own settings follow from a room to the one that replaces it.
  private void moved(Room room, UserId user) {
    String old = room.state().create().content().path("predecessor").path("room_id").asString("");
    if (!old.startsWith("!")) {
      return;
    }
    try {
      services
          .rooms()
          .find(new RoomId(old))
          .filter(before -> before.state().isJoined(user))
          .filter(before -> room.id().value().equals(replacement(before)))
          .ifPresent(before -> services.facts().moved(user, before, room));
    } catch (MatrixException e) {
      log.debug("a room names a predecessor that is none: {}", e.getMessage());
    }
  }

  private static @Nullable String replacement(Room room) {
    return room.state().string(StateKey.TOMBSTONE, "replacement_room");
  }

  /// Asks to be let in.
  public void knock(Room room, UserId user, @Nullable String reason) {
    write(room, user, user, withReason(profileContent("knock", user), reason));
  }

  /// Invites somebody.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is no such user, `M_INVITE_BLOCKED` if they
  ///   want no invitations
  public void invite(Room room, UserId inviter, UserId invitee, @Nullable String reason) {
    if (room.state().isJoined(invitee)) {
      throw MatrixException.forbidden("That user is in the room already.");
    }
    invitations.check(invitee);
    write(room, inviter, invitee, withReason(profileContent("invite", invitee), reason));
  }

  /// Leaves a room, or turns down an invitation, or takes back a knock; does nothing for one who
  /// has left.
  public void leave(Room room, UserId user, @Nullable String reason) {
    StoredEvent current = room.state().stored(StateKey.member(user));
    if (current == null) {
      throw RoomAccess.notMember();
    }
    if (Membership.of(current) != Membership.LEAVE) {
      write(room, user, user, withReason(bare("leave"), reason));
    }
  }

  /// Removes somebody who is in the room, was invited or knocked.
  public void kick(Room room, UserId by, UserId target, @Nullable String reason) {
    switch (room.state().membership(target)) {
      case JOIN, INVITE, KNOCK -> write(room, by, target, withReason(bare("leave"), reason));
      case LEAVE -> throw MatrixException.forbidden("That user is not in the room.");
      case BAN -> throw badState("That user is banned; lift the ban instead.");
    }
  }

  /// Removes somebody and keeps them out.
  public void ban(Room room, UserId by, UserId target, @Nullable String reason) {
    write(room, by, target, withReason(bare("ban"), reason));
  }

  /// Lifts a ban.
  ///
  /// @throws MatrixException `M_BAD_STATE` if there is none
  public void unban(Room room, UserId by, UserId target, @Nullable String reason) {
    if (room.state().membership(target) != Membership.BAN) {
      throw badState("That user is not banned from the room.");
    }
    write(room, by, target, withReason(bare("leave"), reason));
  }

  private static MatrixException badState(String message) {
    return new MatrixException(ErrorCode.M_BAD_STATE, 403, message);
  }

  /// Forgets a room that the user has left: it is not shown any more. There is nothing to forget of
  /// a room that the user was never in.
  public void forget(Room room, UserId user) {
    Memberships.Entry entry = services.memberships().of(user, room.number());
    if (entry == null || entry.forgotten()) {
      return;
    }
    if (entry.membership() != Membership.LEAVE && entry.membership() != Membership.BAN) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "Leave the room before you forget it.");
    }
    services.memberships().forget(journal, users.number(user), room.number());
  }

  /// Sets a membership by its content, as clients do that set it like any other state.
  ///
  /// @param sentAt the time that an application service gives it, in milliseconds since 1970
  /// @return the membership event, which is the current one if that says the same
  EventId set(Room room, UserId sender, UserId target, ObjectNode wish, @Nullable Long sentAt) {
    RoomState state = room.state();
    if (!sender.equals(target) && !state.isJoined(sender)) {
      throw RoomAccess.notMember();
    }
    ObjectNode content = wish.deepCopy();
    content.remove(AUTHORISED_VIA);
    Membership wanted = Membership.named(content.path("membership").stringValue(null));
    if (wanted == Membership.INVITE) {
      invitations.check(target);
    }
    boolean enters = wanted == Membership.JOIN && sender.equals(target) && !state.isJoined(target);
    if (enters) {
      requireWelcome(state, target);
      if (state.membership(target) != Membership.INVITE) {
        authoriser(room, target).ifPresent(by -> content.put(AUTHORISED_VIA, by.value()));
      }
    }
    EventId event = write(room, sender, target, content, sentAt);
    if (enters) {
      moved(room, target);
    }
    return event;
  }

  /// Lets the guests of a room leave that is not open to them any more.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#guest-access
  void removeGuests(Room room) {
    if (admitsGuests(room.state())) {
      return;
    }
    for (UserId member : room.state().joined()) {
      if (services.facts().isGuest(member)) {
        leave(room, member, null);
      }
    }
  }

  /// Shows a changed profile in every room that the user is joined to.
  public void profileChanged(UserId user) {
    for (Room room : services.memberships().joined(user)) {
      StoredEvent current = room.state().stored(StateKey.member(user));
      if (current == null) {
        continue;
      }
      ObjectNode content = current.content().deepCopy();
      content.remove(
          List.of("displayname", "avatar_url", "reason", "third_party_invite", AUTHORISED_VIA));
      content.setAll(profileContent("join", user));
      try {
        write(room, user, user, content);
      } catch (MatrixException e) {
        // One room whose rules deny it must not keep the others from showing it.
        log.debug("a room does not show a changed profile: {}", e.getMessage());
      }
    }
  }

  private void write(Room room, UserId sender, UserId target, ObjectNode content) {
    write(room, sender, target, content, null);
  }

  /// Writes a membership, unless the same user has set the same already.
  private EventId write(
      Room room, UserId sender, UserId target, ObjectNode content, @Nullable Long sentAt) {
    Admitted admitted = gate.admit(EventTypes.MEMBER, target.value(), content);
    StoredEvent current = room.state().stored(StateKey.member(target));
    if (current != null
        && current.content().equals(admitted.content())
        && current.sender().equals(sender)
        && (sender.equals(target) || room.state().isJoined(sender))) {
      return current.id();
    }
    return services.writer().append(room, new Draft(sender, admitted, sentAt, null)).id();
  }

  private Draft draft(UserId sender, UserId target, ObjectNode content) {
    return new Draft(sender, gate.admit(EventTypes.MEMBER, target.value(), content));
  }

  private ObjectNode profileContent(String membership, UserId user) {
    return MembershipContent.of(membership, profiles.of(user));
  }

  private static ObjectNode bare(String membership) {
    return Json.object().put("membership", membership);
  }

  private static ObjectNode withReason(ObjectNode content, @Nullable String reason) {
    return reason == null ? content : content.put("reason", reason);
  }
}
