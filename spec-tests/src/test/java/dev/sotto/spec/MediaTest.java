package dev.sotto.spec;

import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#content-repository
class MediaTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static byte[] picture(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static Response upload(User user, String type, String query, byte[] bytes) {
    return user.request().contentType(type).body(bytes).post("/_matrix/media/v3/upload" + query);
  }

  /// Uploads and returns `server/id`.
  private static String uploaded(User user, String type, String query, byte[] bytes) {
    return place(
        upload(user, type, query, bytes).then().statusCode(200).extract().path("content_uri"));
  }

  private static String place(String contentUri) {
    assertEquals("mxc://", contentUri.substring(0, 6));
    return contentUri.substring(6);
  }

  private static Response download(Http user, String place) {
    return user.get("/_matrix/client/v1/media/download/" + place);
  }

  private static Response thumbnail(Http user, String place, String query) {
    return user.get("/_matrix/client/v1/media/thumbnail/" + place + "?" + query);
  }

  @Test
  void whatWasUploadedIsDownloaded() {
    String place = uploaded(alice, "text/plain", "?filename=a%20b.txt", HELLO);
    Response answer = download(bob, place);
    answer
        .then()
        .statusCode(200)
        .header("Content-Type", "text/plain")
        .header("Content-Disposition", "inline; filename=\"a b.txt\"")
        .header("Content-Length", "5")
        .header("Content-Security-Policy", startsWith("sandbox; default-src 'none';"))
        .header("Cross-Origin-Resource-Policy", "cross-origin")
        .header("X-Content-Type-Options", "nosniff");
    assertArrayEquals(HELLO, answer.asByteArray());
  }

  @Test
  void downloaderChoosesTheName() {
    String place = uploaded(alice, "image/png", "?filename=a.png", HELLO);
    download(bob, place + "/%E2%98%95%22.png")
        .then()
        .statusCode(200)
        .header(
            "Content-Disposition",
            "inline; filename=\"__.png\"; filename*=utf-8''%E2%98%95%22.png");
  }

  @Test
  void typeThatIsNotGivenIsOctetStream() {
    String place =
        place(
            alice
                .request()
                .noContentType()
                .body(HELLO)
                .post("/_matrix/media/v3/upload")
                .then()
                .statusCode(200)
                .extract()
                .path("content_uri"));
    download(bob, place)
        .then()
        .header("Content-Type", "application/octet-stream")
        .header("Content-Disposition", "attachment");
  }

  @Test
  void pagesWithScriptsAreNeverShown() {
    for (String type : List.of("text/html", "image/svg+xml", "application/xhtml+xml")) {
      String place = uploaded(alice, type, "?filename=x", HELLO);
      download(bob, place)
          .then()
          .header("Content-Type", type)
          .header("Content-Disposition", "attachment; filename=\"x\"");
    }
  }

  @Test
  void partOfTheContentCanBeAskedFor() {
    String place = uploaded(alice, "text/plain", "", HELLO);
    String url = "/_matrix/client/v1/media/download/" + place;
    Response part = bob.request().header("Range", "bytes=1-3").get(url);
    part.then()
        .statusCode(206)
        .header("Content-Range", "bytes 1-3/5")
        .header("Content-Length", "3");
    assertEquals("ell", part.asString());
    bob.request()
        .header("Range", "bytes=5-")
        .get(url)
        .then()
        .statusCode(416)
        .header("Content-Range", "bytes */5");
  }

  @Test
  void downloadsNeedAnAccessToken() {
    String place = uploaded(alice, "text/plain", "", HELLO);
    Http nobody = server.anonymously();
    download(nobody, place).then().statusCode(401).body("errcode", equalTo("M_MISSING_TOKEN"));
    thumbnail(nobody, place, "width=9&height=9").then().statusCode(401);
    nobody
        .request()
        .body(HELLO)
        .post("/_matrix/media/v3/upload")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
  }

  @Test
  void oldAddressesAreOpenOnlyWhereTheOwnerWantsIt() throws IOException {
    byte[] picture = picture(200, 100);
    String place = uploaded(alice, "image/png", "", picture);
    Http nobody = server.anonymously();
    nobody.get("/_matrix/media/v3/download/" + place).then().statusCode(200);
    nobody
        .get("/_matrix/media/v3/download/" + place + "/x.png?allow_remote=false")
        .then()
        .statusCode(200)
        .header("Content-Disposition", "inline; filename=\"x.png\"");
    nobody
        .get("/_matrix/media/v3/thumbnail/" + place + "?width=32&height=32")
        .then()
        .statusCode(200);
    try (Server shut = Server.start(Map.of("SOTTO_MEDIA_UNAUTHENTICATED_DOWNLOADS", "false"))) {
      User carol = shut.register("carol");
      String there = uploaded(carol, "image/png", "", picture);
      for (String old :
          List.of("download/" + there, "download/" + there + "/x.png", "thumbnail/" + there)) {
        carol
            .get("/_matrix/media/v3/" + old + "?width=32&height=32")
            .then()
            .statusCode(404)
            .body("errcode", equalTo("M_NOT_FOUND"));
      }
      download(carol, there).then().statusCode(200);
    }
  }

  @Test
  void unknownContentIsNotFound() {
    for (String place :
        List.of(
            "localhost/nothing",
            "elsewhere.example.org/nothing",
            "localhost/..%2F..%2F..%2Fserver-name",
            "localhost/%2e%2e",
            "localhost/a%00b")) {
      download(alice, place).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
      thumbnail(alice, place, "width=9&height=9")
          .then()
          .statusCode(404)
          .body("errcode", equalTo("M_NOT_FOUND"));
    }
    download(alice, "not%20a%20server/nothing")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void limitIsToldAndHeld() {
    try (Server small = Server.start(Map.of("SOTTO_MEDIA_MAX_UPLOAD_BYTES", "100000"))) {
      User carol = small.register("carol");
      for (String config : List.of("/v1/media/config", "/_matrix/media/v3/config")) {
        carol.get(config).then().statusCode(200).body("'m.upload.size'", equalTo(100_000));
      }
      uploaded(carol, "text/plain", "", new byte[100_000]);
      upload(carol, "text/plain", "", new byte[100_001])
          .then()
          .statusCode(413)
          .body("errcode", equalTo("M_TOO_LARGE"));
      InputStream undeclared = new ByteArrayInputStream(new byte[3_000_000]);
      carol
          .request()
          .contentType("text/plain")
          .body(undeclared)
          .post("/_matrix/media/v3/upload")
          .then()
          .statusCode(413)
          .body("errcode", equalTo("M_TOO_LARGE"));
    }
  }

  @Test
  void idCanBeMadeBeforeItsContent() {
    Response created = alice.request().post("/_matrix/media/v1/create");
    created
        .then()
        .statusCode(200)
        .body("unused_expires_at", greaterThan(System.currentTimeMillis()));
    String place = place(created.path("content_uri"));
    download(bob, place + "?timeout_ms=10")
        .then()
        .statusCode(504)
        .body("errcode", equalTo("M_NOT_YET_UPLOADED"));
    thumbnail(bob, place, "width=9&height=9&timeout_ms=10")
        .then()
        .statusCode(504)
        .body("errcode", equalTo("M_NOT_YET_UPLOADED"));
    fill(bob, place).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    fill(alice, place).then().statusCode(200).body("", anEmptyMap());
    download(bob, place)
        .then()
        .statusCode(200)
        .header("Content-Disposition", "inline; filename=\"a.txt\"");
    fill(alice, place).then().statusCode(409).body("errcode", equalTo("M_CANNOT_OVERWRITE_MEDIA"));
    fill(alice, "localhost/nothing").then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
  }

  private static Response fill(User user, String place) {
    return user.request()
        .contentType("text/plain")
        .body(HELLO)
        .put("/_matrix/media/v3/upload/" + place + "?filename=a.txt");
  }

  @Test
  void announcedUploadsHaveALimit() {
    for (int i = 0; i < 10; i++) {
      alice.request().post("/_matrix/media/v1/create").then().statusCode(200);
    }
    alice
        .request()
        .post("/_matrix/media/v1/create")
        .then()
        .statusCode(429)
        .body("errcode", equalTo("M_LIMIT_EXCEEDED"));
  }

  @Test
  void pictureHasThumbnails() throws IOException {
    String place = uploaded(alice, "image/png", "", picture(400, 200));
    Response scaled = thumbnail(bob, place, "width=32&height=32&method=scale");
    scaled
        .then()
        .statusCode(200)
        .header("Content-Type", "image/jpeg")
        .header("Content-Disposition", "inline; filename=\"thumbnail.jpeg\"")
        .header("Content-Security-Policy", containsString("sandbox"));
    assertSize(32, 16, scaled);
    assertSize(96, 96, thumbnail(bob, place, "width=96&height=96&method=crop"));
    assertSize(320, 160, thumbnail(bob, place, "width=320&height=240&animated=true"));
    assertSize(400, 200, thumbnail(bob, place, "width=800&height=600&animated=false"));
  }

  private static void assertSize(int width, int height, Response thumbnail) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(thumbnail.asByteArray()));
    assertEquals(width + "x" + height, image.getWidth() + "x" + image.getHeight());
  }

  @Test
  void thumbnailThatMakesNoSenseIsRefused() throws IOException {
    String place = uploaded(alice, "image/png", "", picture(40, 40));
    thumbnail(bob, place, "width=32").then().body("errcode", equalTo("M_MISSING_PARAM"));
    for (String query :
        List.of(
            "width=0&height=32",
            "width=-1&height=32",
            "width=1.5&height=32",
            "width=9999999999&height=32",
            "width=32&height=32&method=stretch",
            "width=32&height=32&animated=maybe",
            "width=32&height=32&timeout_ms=soon")) {
      thumbnail(bob, place, query)
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_INVALID_PARAM"));
    }
    thumbnail(bob, uploaded(alice, "image/png", "", HELLO), "width=32&height=32")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_UNKNOWN"));
  }

  @Test
  void hugePictureHasNoThumbnail() throws IOException {
    byte[] huge = picture(40, 40);
    huge[16] = 0x7F; // its header now says to be two thousand million pixels wide
    thumbnail(bob, uploaded(alice, "image/png", "", huge), "width=32&height=32")
        .then()
        .statusCode(413)
        .body("errcode", equalTo("M_TOO_LARGE"));
  }

  @Test
  void serverFetchesNoPages() {
    for (String preview : List.of("/v1/media/preview_url", "/_matrix/media/v3/preview_url")) {
      alice
          .get(preview + "?url=http%3A%2F%2F127.0.0.1%2F")
          .then()
          .statusCode(200)
          .body("", anEmptyMap());
      alice.get(preview).then().statusCode(400).body("errcode", equalTo("M_MISSING_PARAM"));
    }
  }

  @Test
  void blindServerKeepsNeitherTypeNorName() throws IOException {
    User carol = Server.blind().register("carol");
    String place = uploaded(carol, "text/plain", "?filename=where-we-meet.txt", HELLO);
    download(carol, place)
        .then()
        .header("Content-Type", "application/octet-stream")
        .header("Content-Disposition", "attachment");
    String avatar = uploaded(carol, "text/html", "?filename=me.html", picture(90, 90));
    download(carol, avatar)
        .then()
        .header("Content-Type", "image/png")
        .header("Content-Disposition", "inline");
    thumbnail(carol, avatar, "width=32&height=32").then().statusCode(200);
  }

  @Test
  void blindServerRefusesLargePictures() throws IOException {
    User carol = Server.blind().register("carol");
    byte[] picture = Arrays.copyOf(picture(90, 90), 2_100_000);
    upload(carol, "application/octet-stream", "", picture)
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"))
        .body("error", containsString("only accepts end-to-end encrypted files"));
  }

  @Test
  void contentSurvivesACrashAndHalfOfOneDoesNot() throws IOException {
    try (Server own = Server.start(Map.of())) {
      User carol = own.register("carol");
      String place = uploaded(carol, "text/plain", "", HELLO);
      Files.write(own.data().resolve("media/incoming/half"), HELLO);
      own.kill();
      own.startAgain();
      User again = own.login(carol.id());
      assertArrayEquals(HELLO, download(again, place).asByteArray());
      assertFalse(Files.exists(own.data().resolve("media/incoming/half")));
      try (Stream<Path> files = Files.walk(own.data().resolve("media"))) {
        assertEquals(1, files.filter(Files::isRegularFile).count());
      }
    }
  }
}
