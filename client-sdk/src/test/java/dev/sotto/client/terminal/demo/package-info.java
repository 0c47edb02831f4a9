/// Tests of `dev.sotto.client.terminal.demo`.
@NullMarked
package dev.sotto.client.terminal.demo;

import org.jspecify.annotations.NullMarked;
