/// The demonstration: a server of its own, three people who chat, and a look at what the server has
/// of it.
@NullMarked
package dev.sotto.client.terminal.demo;

import org.jspecify.annotations.NullMarked;
