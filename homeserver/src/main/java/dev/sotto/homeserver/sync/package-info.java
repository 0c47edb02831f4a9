/// What happened since a device last asked: the classic `/sync`.
///
/// It reads the services' streams between two positions and owns nothing but its tokens and a
/// memory of which members each device was told of. While it is asked again within what memory
/// holds, plain messages cost it no query.
@NullMarked
package dev.sotto.homeserver.sync;

import org.jspecify.annotations.NullMarked;
