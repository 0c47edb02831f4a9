/// Tests of identities.
@NullMarked
package dev.sotto.client.encryption.identity;

import org.jspecify.annotations.NullMarked;
