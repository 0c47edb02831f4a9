/// The key backup: room keys on the server, encrypted with a key that only the user's devices have.
///
/// [KeyBackup] makes one or finds out whether to trust the one that is there, fills it, and reads
/// from it; [BackupReader] takes the answer with all of it apart, of whatever size.
///
/// ```
/// SECRETS  backup/{public key}   the private key, 32 bytes
/// STATE    backup/creating       the public key of a backup that is to be made
///          backup/off            there if nothing is to be backed up
/// ```
///
/// Which sessions are not in the backup yet is kept with the sessions.
@NullMarked
package dev.sotto.client.encryption.backup;

import org.jspecify.annotations.NullMarked;
