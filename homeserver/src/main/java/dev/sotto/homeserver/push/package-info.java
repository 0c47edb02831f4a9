/// What users want to be told of: push rules, what they make of an event, and how many unread
/// events they count.
///
/// The rules are kept as the account data `m.push_rules`. The counts are kept nowhere: they follow
/// from the rules, the receipts and the events, and are held in memory for those who sync.
@NullMarked
package dev.sotto.homeserver.push;

import org.jspecify.annotations.NullMarked;
