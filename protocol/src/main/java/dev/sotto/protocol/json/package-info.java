/// Reading JSON within limits, and the canonical form that hashes and signatures are made over.
@NullMarked
package dev.sotto.protocol.json;

import org.jspecify.annotations.NullMarked;
