/// A user's session on a device: how it begins, is kept, carries on after a restart and ends, and
/// the loop that brings its news.
///
/// A session ends on purpose only: closing one, or the end of the program, leaves the device and
/// its keys on the server.
@NullMarked
package dev.sotto.client.session;

import org.jspecify.annotations.NullMarked;
