/// The key backup: room keys on the server, encrypted with a key that only the user's devices have.
///
/// [KeyBackup] makes one or finds out whether to trust the one that is there, fills it, and reads
/// from it; [BackupReader] takes the answer with all of it apart, of whatever size.
///
/// [DehydratedDevices] is for what is sent while none of the user's devices is there.
///
/// ```
/// SECRETS  backup/{public key}   the private key, 32 bytes
///          dehydrated/key        what dehydrated devices are encrypted with, 32 bytes
/// STATE    backup/creating       the public key of a backup that is to be made
///          backup/off            there if nothing is to be backed up
///          dehydrated/made       when a dehydrated device was made here last, in milliseconds
/// ```
///
/// Which sessions are not in the backup yet is kept with the sessions.
@NullMarked
package dev.sotto.client.encryption.backup;

import org.jspecify.annotations.NullMarked;
