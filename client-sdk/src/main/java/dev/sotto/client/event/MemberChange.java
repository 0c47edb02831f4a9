package dev.sotto.client.event;

import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Somebody was invited, joined, left, or changed their name.
///
/// @param user whose membership it is; the sender may be another
/// @param displayName as the user wishes to be called in this room
/// @param avatarUrl `mxc://server/id` of the user's picture
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroommember
public record MemberChange(
    Envelope envelope,
    UserId user,
    Membership membership,
    Optional<String> displayName,
    Optional<String> avatarUrl)
    implements RoomEvent {}
