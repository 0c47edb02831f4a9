/// End-to-end encryption without I/O: fed with what syncs tell, it says what is to be sent.
///
/// Whatever follows from a change of its state is handed out only after that state is in the
/// [dev.sotto.client.store.CryptoStore].
@NullMarked
package dev.sotto.client.encryption;

import org.jspecify.annotations.NullMarked;
