/// Secrets that all devices of a user share: kept by the server, encrypted with a key that only the
/// user has.
///
/// [SecretStorage] makes or opens that key, and encrypts and decrypts; [RecoveryKey] writes a key
/// down for people. Values in, JSON out: what is put into account data, and read from it, is up to
/// the caller.
///
/// [SecretSharing] gives them to other devices of the user and asks for them instead, from device
/// to device, without that key.
///
/// ```
/// account data
/// m.secret_storage.default_key  {"key": id}
/// m.secret_storage.key.{id}     {"algorithm", "iv", "mac", "passphrase"}   a KeyDescription
/// {name of a secret}            {"encrypted": {id: {"iv", "ciphertext", "mac"}}}
///
/// REQUESTS  secret_requests / name of a secret  {"id", "devices"}   asked for, not answered
/// ```
@NullMarked
package dev.sotto.client.encryption.secrets;

import org.jspecify.annotations.NullMarked;
