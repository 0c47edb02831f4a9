package dev.sotto.protocol.rules;

import dev.sotto.protocol.json.CanonicalJson.Numbers;

/// The set of rules that a room is created with and keeps.
///
/// @param id the version as `m.room.create` and the APIs name it
/// @param eventIds where event ids come from
/// @param roomIdFromCreate whether the room's id is its create event's (from version 12 on)
/// @param numbers which numbers its events may hold (strict from version 6 on)
/// @param keyValidity whether signatures count only within their key's time (from version 5 on)
/// @param redactsInContent whether a redaction names its target in its content (from version 11 on)
/// @param redaction what a redaction leaves
/// @param auth in what its authorization rules differ from the other versions'
/// @param stateResolution how forked histories are joined
/// @spec https://spec.matrix.org/v1.19/rooms/
public record RoomVersion(
    String id,
    EventIdRule eventIds,
    boolean roomIdFromCreate,
    Numbers numbers,
    boolean keyValidity,
    boolean redactsInContent,
    RedactionRules redaction,
    AuthRuleFlags auth,
    StateResolutionAlgorithm stateResolution) {

  /// Whether references to events are pairs of an id and its hashes (versions 1 and 2).
  public boolean referencesAreHashed() {
    return eventIds == EventIdRule.CHOSEN;
  }

  @Override
  public String toString() {
    return id;
  }
}
