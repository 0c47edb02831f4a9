/// Identities: users by their cross-signing keys, which of them changed, and which devices belong
/// to them.
///
/// What is kept:
///
/// ```
/// IDENTITIES  users / user id            the keys shown last, the pinned one, the verified ones
///             devices / user and device  fingerprints of devices that were verified themselves
///             own / made                 an identity of one's own that is being published
///             own / asked, device_signed what the server said of one's own identity
/// SECRETS     cross_signing / role       seeds of the private keys
///             cross_signing_made / role  seeds of an identity that is being published
/// REQUESTS    signatures / user and key  signatures that the server does not have
/// ```
@NullMarked
package dev.sotto.client.encryption.identity;

import org.jspecify.annotations.NullMarked;
