/// What users show of themselves, and how others find them by it.
///
/// ```
/// profiles      (user_number, field, content)    one row for each field; content is its JSON
/// profile_words (word, user_number)              the words of display names, folded
/// ```
@NullMarked
package dev.sotto.homeserver.profiles;

import org.jspecify.annotations.NullMarked;
