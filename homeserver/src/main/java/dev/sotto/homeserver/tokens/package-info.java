/// Bearer tokens: who holds one is who it was made for. Only hashes are stored.
///
/// ```
/// access_tokens (hash, user, device, expires_at, refresh_hash, supersedes)
///     refresh_hash: the refresh token that was given out with it
///     supersedes: the refresh token that dies when this token is first used
/// refresh_tokens (hash, user, device, supersedes)
/// brief_tokens (hash, purpose, user, expires_at)     for one login, or for OpenID
/// ```
@NullMarked
package dev.sotto.homeserver.tokens;

import org.jspecify.annotations.NullMarked;
