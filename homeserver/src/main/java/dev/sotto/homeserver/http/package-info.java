/// The edge to HTTP: routes, callers, bodies, errors and limits; nothing else sees the web server.
@NullMarked
package dev.sotto.homeserver.http;

import org.jspecify.annotations.NullMarked;
