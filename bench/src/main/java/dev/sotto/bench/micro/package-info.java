/// JMH micro-benchmarks of the hot paths.
@NullMarked
package dev.sotto.bench.micro;

import org.jspecify.annotations.NullMarked;
