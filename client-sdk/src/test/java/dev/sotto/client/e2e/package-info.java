/// The SDK at a real server, in one room with matrix-js-sdk, the library inside Element. The server
/// is the one that was built before, in `homeserver/target`.
@NullMarked
package dev.sotto.client.e2e;

import org.jspecify.annotations.NullMarked;
