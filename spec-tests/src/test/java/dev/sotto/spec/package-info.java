/// What the Matrix specification promises, tried against the built server in raw HTTP: a class for
/// each chapter, none of the server's own types.
@NullMarked
package dev.sotto.spec;

import org.jspecify.annotations.NullMarked;
