/// Calls between users: credentials for the TURN server that relays them. No tables.
@NullMarked
package dev.sotto.homeserver.voip;

import org.jspecify.annotations.NullMarked;
