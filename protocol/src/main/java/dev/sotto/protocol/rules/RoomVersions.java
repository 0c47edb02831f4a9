package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// The room versions that exist, 1 to 12, as a table.
///
/// @spec https://spec.matrix.org/v1.19/rooms/#feature-matrix
public final class RoomVersions {
  private static final SequencedMap<String, RoomVersion> ALL = table();

  /// The version of new rooms.
  public static final RoomVersion DEFAULT = get(12);

  private RoomVersions() {}

  /// The version of this name, if it is known.
  public static Optional<RoomVersion> of(String id) {
    return Optional.ofNullable(ALL.get(id));
  }

  /// All versions, oldest first.
  public static Collection<RoomVersion> all() {
    return ALL.sequencedValues();
  }

  private static RoomVersion get(int number) {
    return of(Integer.toString(number)).orElseThrow();
  }

  private static SequencedMap<String, RoomVersion> table() {
    SequencedMap<String, RoomVersion> versions = new LinkedHashMap<>();
    for (int number = 1; number <= 12; number++) {
      versions.put(Integer.toString(number), build(number));
    }
    return Collections.unmodifiableSequencedMap(versions);
  }

  private static RoomVersion build(int number) {
    return new RoomVersion(
        Integer.toString(number),
        number < 3
            ? EventIdRule.CHOSEN
            : number == 3 ? EventIdRule.HASH : EventIdRule.URL_SAFE_HASH,
        number >= 12,
        number >= 6 ? Numbers.STRICT : Numbers.LENIENT,
        number >= 5,
        number >= 11,
        redaction(number),
        auth(number),
        number == 1
            ? StateResolutionAlgorithm.V1
            : number < 12 ? StateResolutionAlgorithm.V2 : StateResolutionAlgorithm.V2_1);
  }

  private static AuthRuleFlags auth(int number) {
    return new AuthRuleFlags(
        number < 6,
        number < 3,
        number >= 6,
        number >= 7,
        number >= 8,
        number >= 10,
        number < 6
            ? PowerLevelValues.INTEGERS_STRINGS_AND_FLOATS
            : number < 10 ? PowerLevelValues.INTEGERS_AND_STRINGS : PowerLevelValues.INTEGERS,
        number >= 11,
        number >= 12);
  }

  private static RedactionRules redaction(int number) {
    Set<String> keys =
        new HashSet<>(
            Set.of(
                "event_id",
                "type",
                "room_id",
                "sender",
                "state_key",
                "content",
                "hashes",
                "signatures",
                "depth",
                "prev_events",
                "auth_events",
                "origin_server_ts"));
    Set<String> member = new HashSet<>(Set.of("membership"));
    Set<String> joinRules = new HashSet<>(Set.of("join_rule"));
    Set<String> powerLevels =
        new HashSet<>(
            Set.of(
                "ban",
                "events",
                "events_default",
                "kick",
                "redact",
                "state_default",
                "users",
                "users_default"));
    Map<String, Set<String>> content = new HashMap<>();
    content.put(EventTypes.HISTORY_VISIBILITY, Set.of("history_visibility"));
    if (number < 6) {
      content.put(EventTypes.ALIASES, Set.of("aliases"));
    }
    if (number >= 8) {
      joinRules.add("allow");
    }
    if (number >= 9) {
      member.add("join_authorised_via_users_server");
    }
    if (number < 11) {
      keys.addAll(Set.of("prev_state", "origin", "membership"));
      content.put(EventTypes.CREATE, Set.of("creator"));
    } else {
      powerLevels.add("invite");
      content.put(EventTypes.REDACTION, Set.of("redacts"));
    }
    content.put(EventTypes.MEMBER, Set.copyOf(member));
    content.put(EventTypes.JOIN_RULES, Set.copyOf(joinRules));
    content.put(EventTypes.POWER_LEVELS, Set.copyOf(powerLevels));
    return new RedactionRules(Set.copyOf(keys), Map.copyOf(content), number >= 11, number >= 11);
  }
}
