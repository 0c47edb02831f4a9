/// The Client-Server API: one class per file of the specification's `data/api/client-server`, one
/// method per operation.
@NullMarked
package dev.sotto.homeserver.api.client;

import org.jspecify.annotations.NullMarked;
