package dev.sotto.homeserver.receipts;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One user's word that they have read up to an event.
///
/// @param isPrivate whether it is for its user alone
/// @param thread `main` or the id of a thread's root; null for an unthreaded receipt
/// @param ts when it was sent, in milliseconds since 1970
public record Receipt(
    UserId user, boolean isPrivate, @Nullable String thread, EventId event, long ts) {

  /// The contents of the `m.receipt` events that tell of these receipts of one room. That is one
  /// event, unless a user has an unthreaded and a threaded receipt at the same event: the content
  /// is keyed by event, type and user, so the second of them needs an event of its own.
  public static List<ObjectNode> contents(Collection<Receipt> receipts) {
    List<ObjectNode> contents = new ArrayList<>(1);
    for (Receipt receipt : receipts) {
      if (contents.stream().noneMatch(receipt::addTo)) {
        ObjectNode content = Json.object();
        receipt.addTo(content);
        contents.add(content);
      }
    }
    return contents;
  }

  /// Adds this receipt to a content; false if its place there is taken.
  private boolean addTo(ObjectNode content) {
    ReceiptType type = isPrivate ? ReceiptType.READ_PRIVATE : ReceiptType.READ;
    ObjectNode users = content.withObjectProperty(event.value()).withObjectProperty(type.id());
    if (users.has(user.value())) {
      return false;
    }
    ObjectNode entry = users.putObject(user.value());
    entry.put("ts", ts);
    if (thread != null) {
      entry.put("thread_id", thread);
    }
    return true;
  }
}
