package dev.sotto.homeserver.backup;

import tools.jackson.databind.node.ObjectNode;

/// One backup of a user.
///
/// @param authData what clients need to know to use it, as the algorithm defines it
/// @param etag changes with every change of a key
/// @param count how many keys it holds
public record BackupVersion(
    long number, String algorithm, ObjectNode authData, long etag, long count) {}
