/// The phases of a verification, in which two devices make sure that each has the other's true keys
/// while their people compare what both show. [dev.sotto.client.Security] leads it, [Verification]
/// is how far one has got.
///
/// ```
/// RequestSent -----\         /- Started - KeysExchanged -\
///                   - Ready ---------- Scanned ---------- Confirmed - Done
/// RequestReceived -/         \---------------------------/
/// ```
///
/// Each phase before the last may end in Cancelled. From Ready, the way over Started compares codes
/// that both show; of a QR code, who shows it goes the way over Scanned, who scans it the third.
@NullMarked
package dev.sotto.client.verification;

import org.jspecify.annotations.NullMarked;
