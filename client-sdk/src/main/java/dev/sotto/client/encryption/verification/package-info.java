/// How a verification gets from one [dev.sotto.client.verification.Verification] to the next:
/// [Verifications] leads all of them, `Exchange` is one.
///
/// Nothing of it is kept over a restart: a verification takes ten minutes at most, and the other
/// side hears that its transaction is unknown.
@NullMarked
package dev.sotto.client.encryption.verification;

import org.jspecify.annotations.NullMarked;
