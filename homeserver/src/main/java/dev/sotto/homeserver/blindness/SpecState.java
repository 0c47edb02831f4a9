package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.ALIAS;
import static dev.sotto.homeserver.blindness.Shapes.EVENT_ID;
import static dev.sotto.homeserver.blindness.Shapes.EVENT_TYPE;
import static dev.sotto.homeserver.blindness.Shapes.FLAG;
import static dev.sotto.homeserver.blindness.Shapes.INTEGER;
import static dev.sotto.homeserver.blindness.Shapes.MIMETYPE;
import static dev.sotto.homeserver.blindness.Shapes.MXC;
import static dev.sotto.homeserver.blindness.Shapes.NAME;
import static dev.sotto.homeserver.blindness.Shapes.OPAQUE;
import static dev.sotto.homeserver.blindness.Shapes.ROOM_ID;
import static dev.sotto.homeserver.blindness.Shapes.SERVER;
import static dev.sotto.homeserver.blindness.Shapes.SERVER_GLOB;
import static dev.sotto.homeserver.blindness.Shapes.SHORT_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.USER_ID;
import static dev.sotto.homeserver.blindness.Shapes.either;
import static dev.sotto.homeserver.blindness.Shapes.like;
import static dev.sotto.homeserver.blindness.Shapes.list;
import static dev.sotto.homeserver.blindness.Shapes.map;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;
import static dev.sotto.homeserver.blindness.Shapes.text;

import dev.sotto.protocol.event.EventTypes;
import java.util.HashMap;
import java.util.Map;

/// The state that the specification has, as a table. What is text here is a name or a topic, which
/// people choose to show.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-events
final class SpecState {
  private static final int MAX_NAME_BYTES = 1024;
  private static final int MAX_TOPIC_BYTES = 32_768;
  private static final int MAX_ENTRIES = 10_000;

  private static final Shape LABEL = text(MAX_NAME_BYTES);
  private static final Shape TOPIC = text(MAX_TOPIC_BYTES);
  private static final Shape LEVEL = either(INTEGER, like("a level", "\\s*[+-]?[0-9]{1,16}\\s*"));
  private static final Shape LEVELS = map(EVENT_TYPE, LEVEL, MAX_ENTRIES);
  private static final Shape VIA = list(SERVER, 100);

  private static final ObjectShape IMAGE =
      object()
          .may("h", INTEGER)
          .may("w", INTEGER)
          .may("size", INTEGER)
          .may("mimetype", MIMETYPE)
          .may("is_animated", FLAG);
  private static final ObjectShape PICTURE =
      IMAGE.may("thumbnail_url", MXC).may("thumbnail_info", IMAGE);

  /// The rules of state that every blind server takes, by type.
  static final Map<String, StateRule> RULES = Map.copyOf(rules());

  /// The rules of state that it takes if its owner's list has them, by type.
  static final Map<String, StateRule> WELL_KNOWN =
      Map.of(
          "im.ponies.room_emotes", imagePack(),
          "m.beacon_info", beacon(),
          "org.matrix.msc3672.beacon_info", beacon());

  private SpecState() {}

  private static Map<String, StateRule> rules() {
    Map<String, StateRule> rules = new HashMap<>();
    rules.put(EventTypes.CREATE, StateRule.once(create()));
    rules.put(EventTypes.MEMBER, new StateRule(USER_ID, member()));
    rules.put(EventTypes.POWER_LEVELS, StateRule.once(new PowerLevelShape(LEVEL, powerLevels())));
    rules.put(EventTypes.JOIN_RULES, StateRule.once(joinRules()));
    rules.put(
        EventTypes.HISTORY_VISIBILITY,
        StateRule.once(
            object()
                .needs(
                    "history_visibility", oneOf("invited", "joined", "shared", "world_readable"))));
    rules.put(
        EventTypes.GUEST_ACCESS,
        StateRule.once(object().needs("guest_access", oneOf("can_join", "forbidden"))));
    rules.put(EventTypes.ENCRYPTION, StateRule.once(Encryption.SHAPE));
    rules.put(EventTypes.ENCRYPTED, new StateRule(Encryption.STATE_KEY, MessageRules.CIPHERTEXT));
    rules.put(EventTypes.NAME, StateRule.once(object().needs("name", LABEL).orEmpty()));
    rules.put(EventTypes.TOPIC, StateRule.once(topic()));
    rules.put(EventTypes.AVATAR, StateRule.once(object().may("url", MXC).may("info", PICTURE)));
    rules.put(
        EventTypes.CANONICAL_ALIAS,
        StateRule.once(
            object().may("alias", either(ALIAS, oneOf(""))).may("alt_aliases", list(ALIAS, 1000))));
    rules.put(
        EventTypes.PINNED_EVENTS,
        StateRule.once(object().needs("pinned", list(EVENT_ID, 1000)).orEmpty()));
    rules.put(EventTypes.SERVER_ACL, StateRule.once(serverAcl()));
    rules.put(
        EventTypes.TOMBSTONE,
        StateRule.once(
            object()
                .needs("replacement_room", ROOM_ID)
                .says("body", "This room has been replaced.")));
    rules.put(EventTypes.SPACE_CHILD, new StateRule(ROOM_ID, spaceChild()));
    rules.put(
        EventTypes.SPACE_PARENT,
        new StateRule(ROOM_ID, object().needs("via", VIA).may("canonical", FLAG).orEmpty()));
    rules.put(EventTypes.THIRD_PARTY_INVITE, new StateRule(OPAQUE, thirdPartyInvite()));
    rules.put("m.room.image_pack", imagePack());
    rules.put("m.room.policy", StateRule.once(policyServer()));
    for (String subject : new String[] {"room", "server", "user"}) {
      rules.put("m.policy.rule." + subject, policyRule());
    }
    return rules;
  }

  private static Shape create() {
    return object()
        .may("creator", USER_ID)
        .may("m.federate", FLAG)
        .may("room_version", NAME)
        .may("type", EVENT_TYPE)
        .may("predecessor", object().needs("room_id", ROOM_ID).may("event_id", EVENT_ID))
        .may("additional_creators", list(USER_ID, 1000));
  }

  /// The reason of a kick, ban, invitation or knock is text, and is left out.
  private static Shape member() {
    Shape signed =
        object()
            .needs("mxid", USER_ID)
            .needs("token", OPAQUE)
            .needs("signatures", map(SERVER, map(OPAQUE, SHORT_BASE64, 16), 16));
    return object()
        .needs("membership", oneOf("invite", "join", "knock", "leave", "ban"))
        .may("displayname", LABEL)
        .may("avatar_url", MXC)
        .may("is_direct", FLAG)
        .may("join_authorised_via_users_server", USER_ID)
        .may("third_party_invite", object().may("display_name", LABEL).needs("signed", signed))
        .may("org.matrix.msc4293.redact_events", FLAG);
  }

  private static ObjectShape powerLevels() {
    return object()
        .may("users", map(USER_ID, LEVEL, MAX_ENTRIES))
        .may("events", LEVELS)
        .may("notifications", LEVELS);
  }

  private static Shape joinRules() {
    return object()
        .needs(
            "join_rule",
            oneOf("public", "knock", "invite", "private", "restricted", "knock_restricted"))
        .may("allow", list(object().needs("type", EVENT_TYPE).may("room_id", ROOM_ID), 1000));
  }

  private static Shape topic() {
    Shape texts = list(object().needs("body", TOPIC).may("mimetype", MIMETYPE), 4);
    return object().needs("topic", TOPIC).may("m.topic", object().may("m.text", texts)).orEmpty();
  }

  private static Shape serverAcl() {
    return object()
        .may("allow_ip_literals", FLAG)
        .may("allow", list(SERVER_GLOB, MAX_ENTRIES))
        .may("deny", list(SERVER_GLOB, MAX_ENTRIES));
  }

  private static Shape spaceChild() {
    return object()
        .needs("via", VIA)
        .may("order", like("up to 50 characters without spaces", "[!-~]{0,50}"))
        .may("suggested", FLAG)
        .orEmpty();
  }

  private static Shape thirdPartyInvite() {
    Shape address = like("an address", "https?://[!-~]{1,240}");
    return object()
        .needs("display_name", LABEL)
        .needs("key_validity_url", address)
        .needs("public_key", SHORT_BASE64)
        .may(
            "public_keys",
            list(object().needs("public_key", SHORT_BASE64).may("key_validity_url", address), 16))
        .orEmpty();
  }

  private static Shape policyServer() {
    return object()
        .needs("via", SERVER)
        .needs("public_keys", map(NAME, SHORT_BASE64, 16))
        .orEmpty();
  }

  /// Rules of moderation lists; their reason must be there, and says nothing.
  private static StateRule policyRule() {
    return new StateRule(
        like("a state key without spaces", "\\S{0,255}"),
        object()
            .needs("entity", like("an entity without spaces", "\\S{1,255}"))
            .needs("recommendation", NAME)
            .says("reason", "")
            .orEmpty());
  }

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#image-packs
  private static StateRule imagePack() {
    Shape usage = list(oneOf("emoticon", "sticker"), 2);
    Shape image =
        object().needs("url", MXC).may("body", text(255)).may("info", PICTURE).may("usage", usage);
    Shape pack =
        object()
            .may("display_name", text(255))
            .may("avatar_url", MXC)
            .may("attribution", text(255))
            .may("usage", usage);
    return new StateRule(
        like("the short name of a pack", "[^\\p{Cntrl}]{0,100}"),
        object()
            .may("images", map(like("a short code", "[^\\s\\p{Cntrl}]{1,100}"), image, MAX_ENTRIES))
            .may("pack", pack));
  }

  /// That somebody shows where they are; the places themselves are encrypted.
  private static StateRule beacon() {
    return new StateRule(
        like("a user id", "@\\S{1,254}"),
        object()
            .needs("live", FLAG)
            .may("timeout", INTEGER)
            .may("m.ts", INTEGER)
            .may("org.matrix.msc3488.ts", INTEGER)
            .may("m.asset", object().may("type", NAME))
            .may("org.matrix.msc3488.asset", object().may("type", NAME))
            .orEmpty());
  }
}
