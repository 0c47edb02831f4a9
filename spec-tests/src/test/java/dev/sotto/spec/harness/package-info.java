/// What the tests are written with: a server of one's own or a shared one, and users who talk to
/// it.
///
/// ```java
/// Server server = Server.plain();
/// User alice = server.register("alice");
/// String room = alice.createRoom();
/// alice.put(path("/v3/rooms/{}/typing/{}", room, alice.id()), "{\"typing\": true}")
///     .then().statusCode(200);
/// ```
@NullMarked
package dev.sotto.spec.harness;

import org.jspecify.annotations.NullMarked;
