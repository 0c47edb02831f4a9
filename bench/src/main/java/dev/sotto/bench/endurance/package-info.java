/// Runs of many operations, watched for growth.
@NullMarked
package dev.sotto.bench.endurance;

import org.jspecify.annotations.NullMarked;
