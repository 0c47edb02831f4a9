/// Tests of the programs.
@NullMarked
package dev.sotto.client.terminal;

import org.jspecify.annotations.NullMarked;
