/// The application services (bridges, bots) that this server's owner has registered by files, and
/// what is theirs.
@NullMarked
package dev.sotto.homeserver.appservices;

import org.jspecify.annotations.NullMarked;
