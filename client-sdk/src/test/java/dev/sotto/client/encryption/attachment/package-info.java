/// Tests of [dev.sotto.client.encryption.attachment].
@NullMarked
package dev.sotto.client.encryption.attachment;

import org.jspecify.annotations.NullMarked;
