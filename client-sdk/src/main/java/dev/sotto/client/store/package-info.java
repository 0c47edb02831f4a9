/// Where a device's keys are kept: in memory, or sealed in one file.
///
/// ```
/// entries  (shelf, MAC of group, MAC of name) -> sealed (name, value)
/// facts    format, salt, memory_kib, passes, check    how the file is opened
/// ```
@NullMarked
package dev.sotto.client.store;

import org.jspecify.annotations.NullMarked;
