/// Requests against a small server that answers as it is told.
@NullMarked
package dev.sotto.client.http;

import org.jspecify.annotations.NullMarked;
