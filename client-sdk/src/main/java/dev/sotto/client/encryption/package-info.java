/// The machine: end-to-end encryption without I/O. Fed with what syncs tell, it says what is to be
/// sent; it encrypts and decrypts.
///
/// Whatever follows from a change of its state is handed out only after that state is in the
/// [dev.sotto.client.store.CryptoStore]. The packages below are its parts, none of which knows of
/// the others' threads: [Machine] lets one caller in at a time.
@NullMarked
package dev.sotto.client.encryption;

import org.jspecify.annotations.NullMarked;
