package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.protocol.json.Json;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
  private static final String VERSIONS = "{\"versions\":[\"v1.11\",\"v1.19\"]}";

  private final FakeServer domain = new FakeServer();
  private final FakeServer server = new FakeServer();
  private final Discovery discovery = new Discovery(new FakePace().settings());

  @AfterEach
  void close() {
    discovery.close();
    server.close();
    domain.close();
  }

  private static String pointingTo(String url) {
    return "{\"m.homeserver\":{\"base_url\":\"" + url + "\"},\"org.example\":1}";
  }

  private static List<String> paths(FakeServer asked) {
    return asked.seen().stream().map(FakeServer.Seen::path).toList();
  }

  @Test
  void domainPointsToItsServer() {
    domain.answer(200, pointingTo(server.url() + "/"));
    server.answer(200, VERSIONS);
    assertEquals(server.address(), discovery.find(domain.address()));
    assertEquals(List.of("/.well-known/matrix/client"), paths(domain));
    assertEquals(List.of("/_matrix/client/versions"), paths(server));
  }

  @Test
  void domainThatPointsNowhereIsTheServer() {
    domain.answer(404, "<html>").answer(200, VERSIONS);
    assertEquals(domain.address(), discovery.find(domain.address()));
  }

  @Test
  void redirectsAreFollowedAFewTimes() {
    domain.answer(302, "", Map.of("Location", "/elsewhere")).answer(200, pointingTo(server.url()));
    server.answer(200, VERSIONS);
    assertEquals(server.address(), discovery.find(domain.address()));
    assertEquals(List.of("/.well-known/matrix/client", "/elsewhere"), paths(domain));
  }

  @Test
  void redirectsInACircleEnd() {
    domain.answers(50, FakeServer.json(302, "", Map.of("Location", "/again")));
    assertEquals(Kind.GARBLED, failure().kind());
    assertEquals(6, domain.seen().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:///etc/passwd", "ftp://x/", "http://u:p@127.0.0.1/", "http://[", "jar:x"})
  void redirectToNoWebAddressIsNotFollowed(String location) {
    domain.answer(302, "", Map.of("Location", location));
    assertEquals(Kind.GARBLED, failure().kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "[]",
        "{}",
        "{\"m.homeserver\":\"https://x\"}",
        "{\"m.homeserver\":{\"base_url\":7}}",
        "{\"m.homeserver\":{\"base_url\":\"\"}}",
        "{\"m.homeserver\":{\"base_url\":\"http://matrix.example.org\"}}",
        "{\"m.homeserver\":{\"base_url\":\"https://u:p@x.org\"}}"
      })
  void domainThatPointsToNoServerIsAMistake(String wellKnown) {
    domain.answer(200, wellKnown);
    assertEquals(Kind.GARBLED, failure().kind());
  }

  @Test
  void whatWasFoundEncryptedStaysEncrypted() {
    ServerAddress encrypted = ServerAddress.of("https://example.org");
    URI from = URI.create("https://example.org/.well-known/matrix/client");
    assertThrows(
        MatrixRequestException.class,
        () -> Discovery.follow(encrypted, from, "http://example.org/elsewhere"));
    assertEquals(
        URI.create("https://cdn.example.net/x"),
        Discovery.follow(encrypted, from, "//cdn.example.net/x"));
    // On this machine clear text would else be fine.
    assertThrows(
        MatrixRequestException.class,
        () ->
            Discovery.pointedTo(encrypted, Json.parseObject(pointingTo("http://127.0.0.1:8008"))));
  }

  @Test
  void serverThatSpeaksNoMatrixIsAMistake() {
    domain.answer(200, pointingTo(server.url()));
    server.answer(200, "{\"hello\":\"world\"}");
    assertEquals(Kind.GARBLED, failure().kind());
  }

  private MatrixRequestException failure() {
    return assertThrows(MatrixRequestException.class, () -> discovery.find(domain.address()));
  }
}
