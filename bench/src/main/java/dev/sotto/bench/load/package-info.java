/// A load generator: drives any homeserver over HTTP and says how fast it answered.
@NullMarked
package dev.sotto.bench.load;

import org.jspecify.annotations.NullMarked;
