package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.EventHashes;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.RoomVersions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes new rooms: all their first events in one transaction.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#creation
public final class RoomCreation {
  private static final int RANDOM_ID_LENGTH = 18;
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int MAX_INITIAL_STATE = 200;
  private static final int MAX_INVITES = 100;
  private static final long TOMBSTONE_LEVEL = 150;
  private static final long DEFAULT_STATE_LEVEL = 50;

  private final Rooms rooms;
  private final EventWriter writer;
  private final EventBuilder builder;
  private final Gate gate;
  private final MemberProfiles profiles;
  private final RoomPublication publication;
  private final Invitations invitations;
  private final ServerName server;
  private final RoomVersion defaultVersion;
  private final SecureRandom random;
  private final InstantSource clock;
  private final AtomicLong lastCreation = new AtomicLong();

  public RoomCreation(
      RoomServices services,
      Gate gate,
      MemberProfiles profiles,
      RoomPublication publication,
      ServerName server,
      RoomVersion defaultVersion,
      SecureRandom random,
      InstantSource clock) {
    this.rooms = services.rooms();
    this.writer = services.writer();
    this.builder = new EventBuilder(server, random);
    this.gate = gate;
    this.profiles = profiles;
    this.publication = publication;
    this.invitations = new Invitations(services.facts(), server);
    this.server = server;
    this.defaultVersion = defaultVersion;
    this.random = random;
    this.clock = clock;
  }

  /// Makes a room and returns it.
  ///
  /// @throws MatrixException `M_UNSUPPORTED_ROOM_VERSION`, `M_ROOM_IN_USE` for a taken alias,
  ///   `M_INVALID_ROOM_STATE` if its first events break its rules, `M_FORBIDDEN` if the gate does
  ///   not let one of them in
  public Room create(UserId creator, NewRoom wish) {
    Plan plan = new Plan(creator, wish);
    plan.requireNoMembers();
    plan.invited.forEach(invitations::check);
    plan.checkCanonicalAlias();
    return make(plan);
  }

  /// Makes a room that takes the place of another, whose aliases it will have.
  Room replacement(UserId creator, NewRoom wish) {
    return make(new Plan(creator, wish));
  }

  private Room make(Plan plan) {
    plan.add(EventTypes.CREATE, "", plan.createContent());
    plan.addTheRest();
    Room room = rooms.begin(plan.roomId(), plan.version);
    boolean listed = plan.wish.isPublic();
    try {
      writer.create(
          room,
          plan.drafts,
          transaction -> {
            if (plan.alias != null || listed) {
              publication.publish(transaction, room, plan.alias, plan.creator, listed);
            }
          });
    } catch (MatrixException e) {
      if (e.code() == ErrorCode.M_FORBIDDEN) {
        throw new MatrixException(ErrorCode.M_INVALID_ROOM_STATE, e.getMessage());
      }
      throw e;
    }
    return room;
  }

  private String randomRoomId() {
    StringBuilder id = new StringBuilder("!");
    for (int i = 0; i < RANDOM_ID_LENGTH; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id + ":" + server.value();
  }

  /// The time of a creation, each later than the one before: the id of a room of version 12 is a
  /// hash over little more than its creator and this.
  private long creationTime() {
    return lastCreation.accumulateAndGet(clock.millis(), (last, now) -> Math.max(last + 1, now));
  }

  /// One room in the making.
  private final class Plan {
    final UserId creator;
    final NewRoom wish;
    final RoomVersion version;
    final String preset;
    final @Nullable RoomAlias alias;
    final Set<UserId> invited = new LinkedHashSet<>();
    final List<Draft> drafts = new ArrayList<>();
    final long now = creationTime();

    Plan(UserId creator, NewRoom wish) {
      this.creator = creator;
      this.wish = wish;
      this.version = version(wish.roomVersion());
      this.preset = preset(wish);
      this.alias = alias(wish.roomAliasName());
      List<String> invites = wish.invite() == null ? List.of() : wish.invite();
      if (invites.size() > MAX_INVITES) {
        throw MatrixException.invalidParam("At most " + MAX_INVITES + " users can be invited.");
      }
      invites.forEach(id -> invited.add(new UserId(id)));
      invited.remove(creator);
      if (wish.inviteThirdParty() != null && !wish.inviteThirdParty().isEmpty()) {
        throw new MatrixException(
            ErrorCode.M_THREEPID_DENIED,
            "This server knows no identity server, so it cannot invite by e-mail or telephone.");
      }
    }

    private RoomVersion version(@Nullable String wished) {
      if (wished == null) {
        return defaultVersion;
      }
      return RoomVersions.of(wished)
          .orElseThrow(
              () ->
                  new MatrixException(
                      ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                      "This server does not know that room version."));
    }

    private static String preset(NewRoom wish) {
      String visibility = wish.visibility() == null ? "private" : wish.visibility();
      if (!visibility.equals("private") && !visibility.equals("public")) {
        throw MatrixException.invalidParam("'visibility' must be public or private.");
      }
      String preset = wish.preset() == null ? visibility + "_chat" : wish.preset();
      return switch (preset) {
        case "private_chat", "trusted_private_chat", "public_chat" -> preset;
        default -> throw MatrixException.invalidParam("There is no such preset.");
      };
    }

    private @Nullable RoomAlias alias(@Nullable String localpart) {
      if (localpart == null) {
        return null;
      }
      if (localpart.isEmpty() || localpart.indexOf(':') >= 0 || localpart.indexOf('#') >= 0) {
        throw MatrixException.invalidParam("'room_alias_name' must be the part before the ':'.");
      }
      if (localpart.chars().anyMatch(Character::isWhitespace)) {
        throw MatrixException.invalidParam("'room_alias_name' must not hold spaces.");
      }
      RoomAlias wished = new RoomAlias("#" + localpart + ":" + server.value());
      if (publication.resolve(wished).isPresent()) {
        throw new MatrixException(
            ErrorCode.M_ROOM_IN_USE, 400, "Another room has this alias already.");
      }
      return wished;
    }

    RoomId roomId() {
      return version.roomIdFromCreate()
          ? EventHashes.roomIdOfCreate(version, builder.create(version, drafts.getFirst(), now))
          : new RoomId(randomRoomId());
    }

    ObjectNode createContent() {
      ObjectNode content =
          wish.creationContent() == null ? Json.object() : wish.creationContent().deepCopy();
      require(content, "m.federate", JsonNode::isBoolean, "true or false");
      require(content, "type", JsonNode::isString, "a string");
      require(content, "predecessor", JsonNode::isObject, "an object");
      content.put("room_version", version.id());
      content.remove("creator");
      if (!version.auth().senderIsCreator()) {
        content.put("creator", creator.value());
      }
      if (version.auth().privilegedCreators()) {
        nameCreators(content);
      }
      return content;
    }

    private static void require(
        ObjectNode content, String name, Predicate<JsonNode> form, String what) {
      JsonNode value = content.get(name);
      if (value != null && !form.test(value)) {
        throw MatrixException.invalidParam("'creation_content." + name + "' must be " + what + ".");
      }
    }

    /// Names who shares the creator's rank: those wished for, and whom the creator trusts; each
    /// once.
    private void nameCreators(ObjectNode content) {
      Set<UserId> creators = new LinkedHashSet<>();
      require(content, "additional_creators", JsonNode::isArray, "a list of user ids");
      for (JsonNode id : content.path("additional_creators")) {
        // What is no string is no user id either, and refused as one.
        creators.add(new UserId(id.isString() ? id.stringValue() : ""));
      }
      if (preset.equals("trusted_private_chat")) {
        creators.addAll(invited);
      }
      creators.remove(creator);
      content.remove("additional_creators");
      if (!creators.isEmpty()) {
        ArrayNode named = content.putArray("additional_creators");
        creators.forEach(user -> named.add(user.value()));
      }
    }

    /// People come into a new room by `invite` alone, which asks whether they want to be invited.
    void requireNoMembers() {
      if (initialState().stream().anyMatch(event -> event.type().equals(EventTypes.MEMBER))) {
        throw MatrixException.invalidParam(
            "'initial_state' must hold no m.room.member; invite people by 'invite'.");
      }
    }

    void checkCanonicalAlias() {
      for (NewRoom.InitialState event : initialState()) {
        if (event.key().equals(StateKey.CANONICAL_ALIAS)) {
          CanonicalAliases.checkNew(event.content(), alias);
        }
      }
    }

    void add(String type, String stateKey, ObjectNode content) {
      drafts.add(new Draft(creator, gate.admit(type, stateKey, content), now, null));
    }

    void addTheRest() {
      add(EventTypes.MEMBER, creator.value(), membership("join", creator));
      add(EventTypes.POWER_LEVELS, "", powerLevels());
      Map<StateKey, ObjectNode> state = new LinkedHashMap<>();
      if (alias != null) {
        state.put(StateKey.CANONICAL_ALIAS, Json.object().put("alias", alias.value()));
      }
      boolean open = preset.equals("public_chat");
      state.put(StateKey.JOIN_RULES, Json.object().put("join_rule", open ? "public" : "invite"));
      state.put(StateKey.HISTORY_VISIBILITY, Json.object().put("history_visibility", "shared"));
      state.put(
          StateKey.GUEST_ACCESS,
          Json.object().put("guest_access", open ? "forbidden" : "can_join"));
      gate.encryptionOfNewRooms().ifPresent(content -> state.put(StateKey.ENCRYPTION, content));
      initialState(state);
      if (wish.name() != null) {
        state.put(StateKey.NAME, Json.object().put("name", wish.name()));
      }
      if (wish.topic() != null) {
        state.put(StateKey.TOPIC, topic(wish.topic()));
      }
      state.forEach((key, content) -> add(key.type(), key.key(), content));
      for (UserId user : invited) {
        ObjectNode content = membership("invite", user);
        if (Boolean.TRUE.equals(wish.isDirect())) {
          content.put("is_direct", true);
        }
        add(EventTypes.MEMBER, user.value(), content);
      }
    }

    private List<NewRoom.InitialState> initialState() {
      return wish.initialState() == null ? List.of() : wish.initialState();
    }

    private void initialState(Map<StateKey, ObjectNode> state) {
      if (initialState().size() > MAX_INITIAL_STATE) {
        throw MatrixException.invalidParam(
            "'initial_state' may hold at most " + MAX_INITIAL_STATE + " events.");
      }
      for (NewRoom.InitialState event : initialState()) {
        // Removed first, so that it comes in the order of the list.
        state.remove(event.key());
        state.put(event.key(), event.content());
      }
    }

    private ObjectNode membership(String membership, UserId user) {
      return MembershipContent.of(membership, profiles.of(user));
    }

    private ObjectNode powerLevels() {
      ObjectNode content = Json.object();
      ObjectNode levels = content.putObject("users");
      if (!version.auth().privilegedCreators()) {
        levels.put(creator.value(), 100);
        if (preset.equals("trusted_private_chat")) {
          invited.forEach(user -> levels.put(user.value(), 100));
        }
      }
      content.put("users_default", 0);
      ObjectNode events = content.putObject("events");
      events.put(EventTypes.NAME, 50);
      events.put(EventTypes.POWER_LEVELS, 100);
      events.put(EventTypes.HISTORY_VISIBILITY, 100);
      events.put(EventTypes.CANONICAL_ALIAS, 50);
      events.put(EventTypes.AVATAR, 50);
      events.put(EventTypes.TOMBSTONE, version.auth().privilegedCreators() ? TOMBSTONE_LEVEL : 100);
      events.put(EventTypes.SERVER_ACL, 100);
      events.put(EventTypes.ENCRYPTION, 100);
      content.put("events_default", 0);
      content.put("state_default", DEFAULT_STATE_LEVEL);
      content.put("ban", 50);
      content.put("kick", 50);
      content.put("redact", 50);
      content.put("invite", preset.equals("public_chat") ? 50 : 0);
      if (wish.powerLevelContentOverride() != null) {
        content.setAll(wish.powerLevelContentOverride());
      }
      if (version.auth().privilegedCreators()) {
        guardTombstone(content);
      }
      return content;
    }

    /// Where creators rank above all others, closing a room must take more than setting its state
    /// does, also after the wish replaced either level.
    private static void guardTombstone(ObjectNode content) {
      long stateDefault = content.path("state_default").longValue(DEFAULT_STATE_LEVEL);
      if (content.get("events") instanceof ObjectNode events) {
        JsonNode level = events.get(EventTypes.TOMBSTONE);
        if (level == null || level.isIntegralNumber() && level.longValue() <= stateDefault) {
          long above = Math.min(stateDefault, CanonicalJson.MAX_INTEGER - 1) + 1;
          events.put(EventTypes.TOMBSTONE, Math.max(TOMBSTONE_LEVEL, above));
        }
      }
    }

    private static ObjectNode topic(String topic) {
      ObjectNode content = Json.object().put("topic", topic);
      content
          .putObject("m.topic")
          .putArray("m.text")
          .addObject()
          .put("body", topic)
          .put("mimetype", "text/plain");
      return content;
    }
  }
}
