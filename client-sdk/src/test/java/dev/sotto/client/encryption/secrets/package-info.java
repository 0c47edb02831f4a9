/// Tests of [dev.sotto.client.encryption.secrets].
@NullMarked
package dev.sotto.client.encryption.secrets;

import org.jspecify.annotations.NullMarked;
