/// Tests of [dev.sotto.client.encryption.backup], with no server but the test.
@NullMarked
package dev.sotto.client.encryption.backup;

import org.jspecify.annotations.NullMarked;
