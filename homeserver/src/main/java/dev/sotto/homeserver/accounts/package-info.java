/// Accounts: who may be on this server, by which password, and who may join it.
///
/// ```
/// accounts (user, kind, password_hash, administrator, created_at,
///           deactivated_at, erased, farewell_due)
///     farewell_due: deactivated, but not yet gone from rooms and the like
/// registration_tokens (hash, uses_left, expires_at, makes_administrator, created_at)
/// ```
@NullMarked
package dev.sotto.homeserver.accounts;

import org.jspecify.annotations.NullMarked;
