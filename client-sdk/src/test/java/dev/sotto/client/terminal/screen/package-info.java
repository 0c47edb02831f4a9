/// Tests of `dev.sotto.client.terminal.screen`.
@NullMarked
package dev.sotto.client.terminal.screen;

import org.jspecify.annotations.NullMarked;
