/// Two devices make sure that each has the other's true keys, while their people compare what both
/// show: [Verifications] leads it, [Verification] is how far one has got.
///
/// ```
/// RequestSent ----\                    /- KeysExchanged -- Confirmed -\
///                  Ready --- Started -                                 Done
/// RequestReceived /                    \- (each may end in Cancelled) /
/// ```
///
/// Nothing of it is kept over a restart: a verification takes ten minutes at most, and the other
/// side hears that its transaction is unknown.
@NullMarked
package dev.sotto.client.encryption.verification;

import org.jspecify.annotations.NullMarked;
