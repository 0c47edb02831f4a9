/// What programs have to reckon with: the server does not do what it is asked to, or the store
/// cannot be used.
@NullMarked
package dev.sotto.client.error;

import org.jspecify.annotations.NullMarked;
