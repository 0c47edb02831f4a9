/// The engine, between honest parties, with hostile input, and in the hands of careless callers.
@NullMarked
package dev.sotto.client.engine;

import org.jspecify.annotations.NullMarked;
