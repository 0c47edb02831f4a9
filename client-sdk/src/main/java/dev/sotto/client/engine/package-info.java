/// The cryptography of Matrix: Olm, Megolm, short authentication strings and the encryption of key
/// backups. All of it is vodozemac's, called through Java's foreign-function interface.
///
/// The library trusts its callers: a freed or mistyped pointer, a key of a wrong length or a text
/// that is no UTF-8 ends the process. So nothing outside this package sees a pointer, and each
/// class here checks what it passes on.
///
/// ```
/// OlmAccount ── makes ──> OlmSession            encrypts to one device
/// OutboundMegolm ── sessionKey ──> MegolmKey ── opens ──> InboundMegolm
/// Sas ── establish ──> EstablishedSas           the emoji that two people compare
/// BackupEncryption, BackupDecryption            room keys on the server
///
/// Handle   owns a native object: a lock, one release       Call     one call's memory
/// Native   one function of the library                     Library  finds and loads it
/// ```
@NullMarked
package dev.sotto.client.engine;

import org.jspecify.annotations.NullMarked;
