/// What a program shows to its user and asks of them, in a terminal or through pipes.
@NullMarked
package dev.sotto.client.terminal.screen;

import org.jspecify.annotations.NullMarked;
