/// What the machine wants to be sent.
@NullMarked
package dev.sotto.client.encryption.request;

import org.jspecify.annotations.NullMarked;
