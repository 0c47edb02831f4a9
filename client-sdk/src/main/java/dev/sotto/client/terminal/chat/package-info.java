/// The chat: what its user types is carried out, what happens in rooms is shown.
@NullMarked
package dev.sotto.client.terminal.chat;

import org.jspecify.annotations.NullMarked;
