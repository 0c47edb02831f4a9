/// Base64 as Matrix writes it, SHA-256, Ed25519 keys and signed JSON.
@NullMarked
package dev.sotto.protocol.crypto;

import org.jspecify.annotations.NullMarked;
