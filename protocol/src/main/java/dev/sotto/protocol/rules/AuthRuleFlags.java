package dev.sotto.protocol.rules;

/// In what the authorization rules of the room versions differ.
///
/// @param aliases whether `m.room.aliases` has a rule of its own (until version 5)
/// @param redactions whether redacting is part of the authorization (versions 1 and 2)
/// @param notificationLevels whether changes of `notifications` levels are limited (from 6 on)
/// @param knocking whether one can knock (from 7 on)
/// @param restrictedJoins whether membership in other rooms can admit (from 8 on)
/// @param knockRestricted whether the two can be combined (from 10 on)
/// @param powerLevels which values may be power levels
/// @param senderIsCreator whether the creator is who sent the create event, rather than whom its
///   content names (from 11 on)
/// @param privilegedCreators whether creators stand above all levels, and there may be several
///   (from 12 on)
public record AuthRuleFlags(
    boolean aliases,
    boolean redactions,
    boolean notificationLevels,
    boolean knocking,
    boolean restrictedJoins,
    boolean knockRestricted,
    PowerLevelValues powerLevels,
    boolean senderIsCreator,
    boolean privilegedCreators) {}
