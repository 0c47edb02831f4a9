/// Sessions against a small server that answers as it is told.
@NullMarked
package dev.sotto.client.session;

import org.jspecify.annotations.NullMarked;
