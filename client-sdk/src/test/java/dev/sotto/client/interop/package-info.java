/// Encryption towards other implementations: their machines and ours at one server that is made of
/// nothing but what encryption needs. They are in `src/test/js` and need Node.js.
@NullMarked
package dev.sotto.client.interop;

import org.jspecify.annotations.NullMarked;
