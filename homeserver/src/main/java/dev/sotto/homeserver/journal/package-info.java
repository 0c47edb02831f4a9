/// The one writer: group commit, positions in commit order, and waiting for news.
///
/// ```
/// stream_head (position)     one row: the last position given out
/// ```
@NullMarked
package dev.sotto.homeserver.journal;

import org.jspecify.annotations.NullMarked;
