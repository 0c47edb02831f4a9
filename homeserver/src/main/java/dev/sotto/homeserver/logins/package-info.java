/// How an account comes to be, opens a session on a device, and ends: accounts, devices and tokens
/// changed together.
@NullMarked
package dev.sotto.homeserver.logins;

import org.jspecify.annotations.NullMarked;
