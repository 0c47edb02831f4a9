package dev.sotto.protocol.rules;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The authorization rules for one `m.room.member` event.
final class MembershipRules {
  static final String JOIN = "join";
  static final String INVITE = "invite";
  static final String KNOCK = "knock";
  static final String LEAVE = "leave";
  static final String BAN = "ban";
  static final String AUTHORISED_VIA = "join_authorised_via_users_server";

  /// Signatures times keys that are tried for a third-party invitation, so that no invitation keeps
  /// a server busy; genuine ones have one or two of each.
  private static final int MAX_TRIES = 256;

  private final RoomVersion version;
  private final Event event;
  private final StateView state;
  private final Event create;
  private final PowerLevels levels;
  private final UserId sender;

  MembershipRules(
      RoomVersion version, Event event, StateView state, Event create, PowerLevels levels) {
    this.version = version;
    this.event = event;
    this.state = state;
    this.create = create;
    this.levels = levels;
    this.sender = event.sender();
  }

  /// A user's membership, `leave` if there is none.
  static String membership(StateView state, UserId user) {
    return membership(state.get(StateKey.member(user)));
  }

  private static String membership(@Nullable Event member) {
    String membership = member == null ? null : member.contentString("membership");
    return membership == null ? LEAVE : membership;
  }

  AuthResult check() {
    String stateKey = event.stateKey();
    String membership = event.contentString("membership");
    if (stateKey == null || membership == null) {
      return AuthResult.denied("A membership must name a user and say what it is.");
    }
    if (!AuthRules.isUserId(stateKey)) {
      return AuthResult.denied("A membership must name a user by a valid id.");
    }
    UserId target = new UserId(stateKey);
    return switch (membership) {
      case JOIN -> checkJoin(target);
      case INVITE -> checkInvite(target);
      case LEAVE -> checkLeave(target);
      case BAN -> checkBan(target);
      case KNOCK -> version.auth().knocking() ? checkKnock(target) : unknownMembership();
      default -> unknownMembership();
    };
  }

  private static AuthResult unknownMembership() {
    return AuthResult.denied("This room knows no membership of this name.");
  }

  private AuthResult checkJoin(UserId target) {
    if (event.prevEvents().size() == 1
        && event.prevEvents().getFirst().equals(create.id())
        && isFirstMember(target)) {
      return AuthResult.allowed();
    }
    if (!sender.equals(target)) {
      return AuthResult.denied("Nobody can join a room in another's name.");
    }
    String current = membership(state, target);
    if (current.equals(BAN)) {
      return AuthResult.denied("You have been banned from this room.");
    }
    boolean welcome = current.equals(JOIN) || current.equals(INVITE);
    AuthRuleFlags flags = version.auth();
    return switch (joinRule()) {
      case "public" -> AuthResult.allowed();
      case "invite" -> onlyIf(welcome, "You have not been invited to this room.");
      case "knock" ->
          onlyIf(
              welcome && flags.knocking(),
              "You have not been invited to this room. You can knock and ask to be.");
      case "restricted" ->
          flags.restrictedJoins() ? checkRestrictedJoin(welcome) : unknownJoinRule();
      case "knock_restricted" ->
          flags.knockRestricted() ? checkRestrictedJoin(welcome) : unknownJoinRule();
      default -> unknownJoinRule();
    };
  }

  /// Whether `target` may enter a room that holds nothing but its create event.
  private boolean isFirstMember(UserId target) {
    return version.auth().senderIsCreator()
        ? target.equals(create.sender())
        : target.value().equals(create.contentString("creator"));
  }

  private AuthResult checkRestrictedJoin(boolean welcome) {
    if (welcome) {
      return AuthResult.allowed();
    }
    String authoriser = event.contentString(AUTHORISED_VIA);
    if (authoriser == null || !AuthRules.isUserId(authoriser)) {
      return AuthResult.denied(
          "You have not been invited to this room, and are in no room whose members may join it.");
    }
    UserId user = new UserId(authoriser);
    return onlyIf(
        membership(state, user).equals(JOIN) && levels.of(user) >= levels.invite(),
        "The user who vouches for this join is not a member who may invite.");
  }

  private static AuthResult unknownJoinRule() {
    return AuthResult.denied("This room does not admit new members.");
  }

  private AuthResult checkInvite(UserId target) {
    JsonNode offer = event.content().get("third_party_invite");
    if (offer != null) {
      return checkThirdPartyInvite(target, offer);
    }
    if (!membership(state, sender).equals(JOIN)) {
      return AuthResult.denied("Only members of this room can invite others.");
    }
    String current = membership(state, target);
    if (current.equals(JOIN)) {
      return AuthResult.denied("This user is a member of this room already.");
    }
    if (current.equals(BAN)) {
      return AuthResult.denied("This user has been banned from this room.");
    }
    return onlyIf(
        levels.of(sender) >= levels.invite(), "Inviting takes a higher power level in this room.");
  }

  private AuthResult checkThirdPartyInvite(UserId target, JsonNode offer) {
    if (membership(state, target).equals(BAN)) {
      return AuthResult.denied("This user has been banned from this room.");
    }
    if (!(offer.get("signed") instanceof ObjectNode signed)) {
      return AuthResult.denied("A third-party invitation must be signed.");
    }
    String user = AuthRules.text(signed, "mxid");
    String token = AuthRules.text(signed, "token");
    if (user == null || token == null || !user.equals(target.value())) {
      return AuthResult.denied("This third-party invitation is not for this user.");
    }
    Event issued = state.get(StateKey.thirdPartyInvite(token));
    if (issued == null || !issued.sender().equals(sender)) {
      return AuthResult.denied("Nobody offered this third-party invitation.");
    }
    return onlyIf(
        isSignedByAny(signed, publicKeys(issued.content())),
        "The signature of this third-party invitation is not valid.");
  }

  private static boolean isSignedByAny(ObjectNode signed, List<VerifyKey> keys) {
    if (keys.isEmpty() || !(signed.get("signatures") instanceof ObjectNode entities)) {
      return false;
    }
    int tries = 0;
    try {
      byte[] message = JsonSignatures.signedBytes(signed, Numbers.STRICT);
      for (JsonNode entity : entities) {
        for (Map.Entry<String, JsonNode> entry : entity.properties()) {
          if (!entry.getKey().startsWith("ed25519:") || !entry.getValue().isString()) {
            continue;
          }
          byte[] signature = UnpaddedBase64.decode(entry.getValue().stringValue());
          for (VerifyKey key : keys) {
            if (++tries > MAX_TRIES) {
              return false;
            }
            if (key.verify(message, signature)) {
              return true;
            }
          }
        }
      }
    } catch (MatrixException _) {
      // Neither a malformed signature nor an object without canonical form is signed.
    }
    return false;
  }

  private static List<VerifyKey> publicKeys(ObjectNode invite) {
    List<VerifyKey> keys = new ArrayList<>();
    addKey(invite.get("public_key"), keys);
    if (invite.get("public_keys") instanceof ArrayNode more) {
      for (JsonNode key : more) {
        addKey(key.get("public_key"), keys);
      }
    }
    return keys;
  }

  private static void addKey(@Nullable JsonNode base64, List<VerifyKey> keys) {
    if (base64 == null || !base64.isString()) {
      return;
    }
    try {
      keys.add(VerifyKey.ofBase64(base64.stringValue()));
    } catch (MatrixException _) {
      // A key that is none confirms nothing; the others may.
    }
  }

  private AuthResult checkLeave(UserId target) {
    String own = membership(state, sender);
    if (sender.equals(target)) {
      boolean inside =
          own.equals(JOIN)
              || own.equals(INVITE)
              || (own.equals(KNOCK) && version.auth().knocking());
      return onlyIf(inside, "You are not in this room.");
    }
    if (!own.equals(JOIN)) {
      return AuthResult.denied("Only members of this room can remove others.");
    }
    long level = levels.of(sender);
    if (membership(state, target).equals(BAN) && level < levels.ban()) {
      return AuthResult.denied("Lifting a ban takes a higher power level in this room.");
    }
    if (level < levels.kick()) {
      return AuthResult.denied("Removing others takes a higher power level in this room.");
    }
    return onlyIf(
        levels.of(target) < level, "You can remove only users of a lower power level than yours.");
  }

  private AuthResult checkBan(UserId target) {
    if (!membership(state, sender).equals(JOIN)) {
      return AuthResult.denied("Only members of this room can ban others.");
    }
    long level = levels.of(sender);
    if (level < levels.ban()) {
      return AuthResult.denied("Banning takes a higher power level in this room.");
    }
    return onlyIf(
        levels.of(target) < level, "You can ban only users of a lower power level than yours.");
  }

  private AuthResult checkKnock(UserId target) {
    String rule = joinRule();
    boolean open =
        rule.equals("knock")
            || (rule.equals("knock_restricted") && version.auth().knockRestricted());
    if (!open) {
      return AuthResult.denied("This room does not let one knock.");
    }
    if (!sender.equals(target)) {
      return AuthResult.denied("Nobody can knock in another's name.");
    }
    return switch (membership(state, sender)) {
      case BAN -> AuthResult.denied("You have been banned from this room.");
      case INVITE -> AuthResult.denied("You have been invited to this room already.");
      case JOIN -> AuthResult.denied("You are a member of this room already.");
      default -> AuthResult.allowed();
    };
  }

  /// The room's join rule; a room without one is open to the invited only.
  private String joinRule() {
    Event rules = state.get(StateKey.JOIN_RULES);
    String rule = rules == null ? null : rules.contentString("join_rule");
    return rule == null ? "invite" : rule;
  }

  private static AuthResult onlyIf(boolean allowed, String reason) {
    return allowed ? AuthResult.allowed() : AuthResult.denied(reason);
  }
}
