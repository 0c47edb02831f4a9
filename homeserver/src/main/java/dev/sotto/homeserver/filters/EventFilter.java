package dev.sotto.homeserver.filters;

import dev.sotto.protocol.id.UserId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which events of one section are wanted, by type and sender. Absent lists include everything, an
/// empty `types` or `senders` nothing.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
public class EventFilter {
  private final @Nullable Integer limit;
  private final @Nullable Patterns types;
  private final @Nullable Patterns notTypes;
  private final @Nullable Set<UserId> senders;
  private final @Nullable Set<UserId> notSenders;

  EventFilter(FilterReader json) {
    limit = json.limit("limit");
    types = json.patterns("types");
    notTypes = json.patterns("not_types");
    senders = json.ids("senders", UserId::new);
    notSenders = json.ids("not_senders", UserId::new);
  }

  /// How many events are wanted at most, or `otherwise` where the filter does not say. It can be 0,
  /// and the caller clamps it to what it is willing to give.
  public int limit(int otherwise) {
    return limit == null ? otherwise : limit;
  }

  /// Whether an event without a sender is wanted, such as account data.
  public boolean matches(String type) {
    return matchesType(type) && senders == null;
  }

  /// Whether an event of `type` by `sender` is wanted.
  public boolean matches(String type, UserId sender) {
    return matchesType(type) && matchesSender(sender);
  }

  private boolean matchesType(String type) {
    return (notTypes == null || !notTypes.match(type)) && (types == null || types.match(type));
  }

  private boolean matchesSender(UserId sender) {
    return (notSenders == null || !notSenders.contains(sender))
        && (senders == null || senders.contains(sender));
  }
}
