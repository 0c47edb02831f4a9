/// The content repository: uploads, what was made ready for upload, thumbnails.
///
/// ```
/// media (media_id, user_number, file, content_type, file_name, size_bytes, expires_ts, ...)
///
/// media/incoming/...               bytes that are still coming in; swept at start
/// media/content/ab/cd/<file>       one file each, named by the row's `file`, never by a client
/// media/thumbnails/ab/cd/<file>/   what was made of it; can be deleted at any time
/// media_usage (user, size_bytes)                        what a user's content takes in all
/// ```
@NullMarked
package dev.sotto.homeserver.media;

import org.jspecify.annotations.NullMarked;
