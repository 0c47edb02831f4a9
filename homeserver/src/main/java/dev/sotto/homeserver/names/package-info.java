/// Numbers for user ids, which tables hold in place of the ids themselves.
///
/// ```
/// users (number, user_id)    every user that was ever named here, local or not
/// ```
@NullMarked
package dev.sotto.homeserver.names;

import org.jspecify.annotations.NullMarked;
