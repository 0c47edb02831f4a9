/// Tests of `dev.sotto.client.terminal.chat`.
@NullMarked
package dev.sotto.client.terminal.chat;

import org.jspecify.annotations.NullMarked;
