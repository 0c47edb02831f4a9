package dev.sotto.client;

import java.util.Optional;

/// How a user wishes to be seen.
///
/// @param avatarUrl `mxc://server/id` of a picture
/// @spec https://spec.matrix.org/v1.19/client-server-api/#profiles
public record Profile(Optional<String> displayName, Optional<String> avatarUrl) {}
