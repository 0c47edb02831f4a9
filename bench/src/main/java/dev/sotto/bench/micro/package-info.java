/// JMH micro-benchmarks of the hot paths.
///
/// ```
/// java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main MegolmBenchmark
/// ```
@NullMarked
package dev.sotto.bench.micro;

import org.jspecify.annotations.NullMarked;
