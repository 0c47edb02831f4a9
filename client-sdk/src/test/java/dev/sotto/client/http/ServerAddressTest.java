package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://matrix.example.org, https://matrix.example.org",
    "HTTPS://Matrix.Example.org:8448//, https://matrix.example.org:8448",
    "https://example.org/Matrix/, https://example.org/Matrix",
    "http://localhost:8008, http://localhost:8008",
    "http://127.0.0.1:8008, http://127.0.0.1:8008",
    "http://[::1]:8008, http://[::1]:8008"
  })
  void addressesAreTaken(String given, String taken) {
    assertEquals(taken, ServerAddress.of(given).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https:///path",
        "https://user:pw@example.org",
        "https://example.org?x=1",
        "https://example.org/#x",
        "https://example.org:99999",
        "https://exa mple.org",
        "file:///etc/passwd"
      })
  void otherAddressesAreRefused(String given) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> ServerAddress.of(given));
    assertFalse(String.valueOf(refused.getMessage()).contains("pw"));
    assertThrows(IllegalArgumentException.class, () -> ServerAddress.inTheClear(given));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "http://[::2]"
      })
  void clearTextOverANetworkHasToBeAskedFor(String given) {
    assertThrows(IllegalArgumentException.class, () -> ServerAddress.of(given));
    assertEquals(given, ServerAddress.inTheClear(given).toString());
  }

  @Test
  void pathOfTheAddressComesBeforeTheRequests() {
    assertEquals(
        "https://example.org/hs/_matrix/x?y=1",
        ServerAddress.of("https://example.org/hs/").at("/_matrix/x?y=1").toString());
  }
}
