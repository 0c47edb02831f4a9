/// The house rules of the SDK.
@NullMarked
package dev.sotto.client;

import org.jspecify.annotations.NullMarked;
