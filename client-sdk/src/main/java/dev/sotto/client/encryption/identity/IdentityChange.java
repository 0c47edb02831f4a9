package dev.sotto.client.encryption.identity;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;

/// A user shows another master key than before: the user began anew, or somebody pretends to be the
/// user. Which one, only people can tell, so it stays until it is confirmed or the user is verified
/// anew.
///
/// @param current the master key that is shown now
/// @param wasVerified whether an earlier one was verified, so that trust is withdrawn
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-and-signature-security
public record IdentityChange(UserId user, VerifyKey current, boolean wasVerified) {}
