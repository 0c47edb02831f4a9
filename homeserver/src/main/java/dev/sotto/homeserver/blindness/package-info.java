/// What this server agrees to hold: ciphertext, and the little that the protocol needs in the
/// clear.
///
/// One class decides, [dev.sotto.homeserver.blindness.Gate]. What it lets in becomes an
/// [dev.sotto.homeserver.blindness.Admitted], and only those can be written.
@NullMarked
package dev.sotto.homeserver.blindness;

import org.jspecify.annotations.NullMarked;
