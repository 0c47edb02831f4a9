package dev.sotto.homeserver.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The reverse proxies whose word is taken for who asks.
///
/// @param trusted their addresses
public record Proxies(Set<String> trusted) {
  public Proxies {
    trusted = Set.copyOf(trusted);
  }

  /// The address of the client. Each proxy adds the address that it was called from to the end of
  /// the header; what stands before the first stranger, seen from the end, is his to invent.
  ///
  /// @param peer the address at the other end of the connection
  /// @param forwardedFor the header `X-Forwarded-For`
  String client(String peer, Optional<String> forwardedFor) {
    if (!trusted.contains(peer) || forwardedFor.isEmpty()) {
      return peer;
    }
    List<String> hops =
        Arrays.stream(forwardedFor.get().split(",")).map(String::strip).toList().reversed();
    String client = peer;
    for (String hop : hops) {
      if (hop.isEmpty()) {
        break;
      }
      client = hop;
      if (!trusted.contains(hop)) {
        break;
      }
    }
    return client;
  }
}
