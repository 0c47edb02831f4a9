package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies that break off or are wrongly framed, over a bare socket. None of them is the server's
/// failure: its log has no error in the end, which is asked after each test.
class BrokenBodyTest {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private final Server server = Server.plain();
  private final User alice = server.register("alice");

  /// What the server says until it closes the connection, after the client has sent its last byte.
  private String answer(String request) throws IOException {
    try (Socket socket = open()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket open() throws IOException {
    URI uri = URI.create(server.url());
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private String createRoom(String headers, String body) {
    return request("POST", "/_matrix/client/v3/createRoom", headers, body);
  }

  private String request(String method, String path, String headers, String body) {
    return "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n%s"
        .formatted(method, path, alice.token(), headers, body);
  }

  private void assertBad(String answer) {
    assertThat(answer, startsWith("HTTP/1.1 400 "));
    server.anonymously().get("/versions").then().statusCode(200);
  }

  private void assertNotJson(String answer) {
    assertBad(answer);
    assertThat(answer, containsString("\"M_NOT_JSON\""));
  }

  @Test
  void bodyThatIsShorterThanItsLength() throws IOException {
    assertNotJson(answer(createRoom("Content-Length: 1000\r\n", "{\"name\": \"a")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // no chunk at all
        "",
        // a size that is none
        "zz\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        // less than the size says
        "20\r\n{}",
        // more than the size says
        "1\r\n{}\r\n0\r\n\r\n",
        // no last chunk
        "2\r\n{}\r\n"
      })
  void wronglyChunkedBody(String body) throws IOException {
    assertNotJson(answer(createRoom(CHUNKED, body)));
  }

  @Test
  void bodyThatSaysToBeCompressed() throws IOException {
    String headers = "Content-Encoding: gzip\r\nContent-Length: 14\r\n";
    assertBad(answer(createRoom(headers, "{\"name\": \"abcd")));
  }

  @Test
  void restOfABodyThatNobodyReads() throws IOException {
    String nowhere =
        request("POST", "/_matrix/client/v3/nowhere", "Content-Length: 1000\r\n", "{\"name\"");
    assertThat(answer(nowhere), startsWith("HTTP/1.1 404 "));
    String chunked = request("POST", "/_matrix/client/v3/nowhere", CHUNKED, "zz\r\n{}\r\n");
    assertThat(answer(chunked), startsWith("HTTP/1.1 404 "));
  }

  @Test
  void uploadThatBreaksOff() throws IOException {
    assertBad(
        answer(
            request("POST", "/_matrix/media/v3/upload", "Content-Length: 100000\r\n", "abcdef")));
    assertBad(answer(request("POST", "/_matrix/media/v3/upload", CHUNKED, "10\r\nabcdef")));
  }

  @Test
  void clientThatIsGoneBeforeItsAnswer() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = open()) {
        socket.setSoLinger(true, 0);
        socket
            .getOutputStream()
            .write(
                createRoom("Content-Length: 1000\r\n", "{\"name\": \"a")
                    .getBytes(StandardCharsets.UTF_8));
      }
    }
    server.anonymously().get("/versions").then().statusCode(200);
    assertFalse(server.log().contains(" ERROR "), server.log());
  }

  @Test
  void bodyThatTheServerIsAskedForFirst() throws IOException {
    String headers = "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n";
    String made = answer(createRoom(headers, "{}"));
    assertThat(made, startsWith("HTTP/1.1 100 "));
    assertThat(made, containsString("HTTP/1.1 200 "));
    String broken = answer(createRoom(headers.replace("2", "200"), "{"));
    assertThat(broken, containsString("HTTP/1.1 400 "));
    String refused =
        answer(
            "POST /_matrix/client/v3/createRoom HTTP/1.1\r\nHost: localhost\r\n"
                + headers
                + "\r\n");
    assertThat(refused, startsWith("HTTP/1.1 401 "));
  }
}
