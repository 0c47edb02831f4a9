package dev.sotto.protocol.rules;

import java.util.Map;
import java.util.Set;

/// What a redaction leaves of an event.
///
/// @param keys the members of the event that stay
/// @param contentKeys per event type, the members of `content` that stay
/// @param keepsCreateContent whether a create event keeps all of its content
/// @param keepsSignedInvite whether a membership keeps `third_party_invite.signed`
public record RedactionRules(
    Set<String> keys,
    Map<String, Set<String>> contentKeys,
    boolean keepsCreateContent,
    boolean keepsSignedInvite) {}
