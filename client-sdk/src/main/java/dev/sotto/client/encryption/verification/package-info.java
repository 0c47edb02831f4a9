/// Two devices make sure that each has the other's true keys, while their people compare what both
/// show: [Verifications] leads it, [Verification] is how far one has got.
///
/// ```
/// RequestSent -----\         /- Started - KeysExchanged -\
///                   - Ready ---------- Scanned ---------- Confirmed - Done
/// RequestReceived -/         \---------------------------/
/// ```
///
/// Each phase before the last may end in Cancelled. From Ready, the way over Started compares codes
/// that both show; of a QR code, who shows it goes the way over Scanned, who scans it the third.
///
/// Nothing of it is kept over a restart: a verification takes ten minutes at most, and the other
/// side hears that its transaction is unknown.
@NullMarked
package dev.sotto.client.encryption.verification;

import org.jspecify.annotations.NullMarked;
