package dev.sotto.homeserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private final Proxies proxies = new Proxies(Set.of("127.0.0.1", "10.0.0.2"));

  @Test
  void strangerIsNotBelieved() {
    assertEquals("192.0.2.1", proxies.client("192.0.2.1", Optional.of("198.51.100.7")));
  }

  @Test
  void trustedProxyIsBelieved() {
    assertEquals("198.51.100.7", proxies.client("127.0.0.1", Optional.of("198.51.100.7")));
  }

  @Test
  void whatTheClientWroteItselfIsNotBelieved() {
    assertEquals(
        "198.51.100.7", proxies.client("127.0.0.1", Optional.of("203.0.113.9, 198.51.100.7")));
  }

  @Test
  void chainOfTrustedProxiesIsFollowed() {
    assertEquals(
        "198.51.100.7",
        proxies.client("127.0.0.1", Optional.of("203.0.113.9, 198.51.100.7, 10.0.0.2")));
  }

  @Test
  void proxyThatSaysNothingIsTheClient() {
    assertEquals("127.0.0.1", proxies.client("127.0.0.1", Optional.empty()));
    assertEquals("127.0.0.1", proxies.client("127.0.0.1", Optional.of(" ")));
  }
}
