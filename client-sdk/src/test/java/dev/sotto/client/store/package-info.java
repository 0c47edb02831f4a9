/// The stores, under one contract, and what a file must stand.
@NullMarked
package dev.sotto.client.store;

import org.jspecify.annotations.NullMarked;
