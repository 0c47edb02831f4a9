/// What of the news a client wants to hear: filters, uploaded once or given inline.
///
/// ```
/// filters (user_number, filter_id, definition)    as uploaded; the id is the definition's hash
/// ```
@NullMarked
package dev.sotto.homeserver.filters;

import org.jspecify.annotations.NullMarked;
