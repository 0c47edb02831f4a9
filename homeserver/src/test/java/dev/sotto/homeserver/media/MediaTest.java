package dev.sotto.homeserver.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.media.ThumbnailRequest.Method;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class MediaTest {
  private static final ServerName SERVER = new ServerName("hs");
  private static final UserId ALICE = new UserId("@alice:hs");
  private static final UserId BOB = new UserId("@bob:hs");
  private static final long QUOTA_BYTES = 100_000;
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong(1_000_000);
  private Database database;
  private Journal journal;
  private Media media;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    media = media(EncryptionPolicy.OPTIONAL);
  }

  private Media media(EncryptionPolicy policy) {
    return new Media(
        database,
        journal,
        new Users(database, journal),
        folder,
        SERVER,
        new Gate(policy, new ServerName("example.org"), List.of(), 1000),
        () -> Instant.ofEpochMilli(now.get()),
        new SecureRandom(),
        QUOTA_BYTES);
  }

  @AfterEach
  void close() {
    media.close();
    journal.close();
    database.close();
  }

  private static Upload upload(byte[] bytes) {
    return new Upload("text/plain", "a.txt", bytes.length, new ByteArrayInputStream(bytes));
  }

  private MediaFile file(MxcUri uri) {
    return media.require(uri, Duration.ZERO);
  }

  private byte[] bytes(MxcUri uri, long from) throws IOException {
    try (InputStream in = media.open(file(uri), from)) {
      return in.readAllBytes();
    }
  }

  private List<String> files(String part) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(part))) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  private static void assertRefused(ErrorCode code, Executable action) {
    assertEquals(code, assertThrows(MatrixException.class, action).code());
  }

  @Test
  void whatCameInGoesOutAgain() throws IOException {
    MxcUri uri = media.upload(ALICE, upload(HELLO));
    assertEquals(new MediaLabel("text/plain", "a.txt"), file(uri).label());
    assertEquals(5, file(uri).sizeBytes());
    assertArrayEquals(HELLO, bytes(uri, 0));
    assertEquals("lo", new String(bytes(uri, 3), StandardCharsets.UTF_8));
    assertEquals(List.of(), files("incoming"));
  }

  @Test
  void blindServerKeepsNeitherTypeNorName() throws IOException {
    try (Media blind = media(EncryptionPolicy.REQUIRED)) {
      MxcUri uri = blind.upload(ALICE, upload(HELLO));
      assertEquals(new MediaLabel(MediaLabel.OCTET_STREAM, null), file(uri).label());
      assertArrayEquals(HELLO, bytes(uri, 0));
    }
  }

  @Test
  void blindServerKnowsSmallPicturesByTheirBytesAndRefusesLargeOnes() throws IOException {
    try (Media blind = media(EncryptionPolicy.REQUIRED)) {
      assertEquals(
          new MediaLabel("image/png", null),
          file(blind.upload(ALICE, upload(Pictures.png(9, 9)))).label());
      assertEquals(
          new MediaLabel("image/webp", null),
          file(blind.upload(ALICE, upload(Pictures.WEBP))).label());
      byte[] large = Arrays.copyOf(Pictures.png(9, 9), 1001);
      assertRefused(ErrorCode.M_FORBIDDEN, () -> blind.upload(ALICE, upload(large)));
      assertEquals(2, files("content").size());
      assertEquals(List.of(), files("incoming"));
    }
  }

  @Test
  void idsOfOthersAreUnknown() {
    String id = media.upload(ALICE, upload(HELLO)).mediaId();
    assertRefused(ErrorCode.M_NOT_FOUND, () -> file(new MxcUri(new ServerName("other"), id)));
    assertRefused(ErrorCode.M_NOT_FOUND, () -> file(new MxcUri(SERVER, "nothing")));
    assertRefused(ErrorCode.M_NOT_FOUND, () -> new MxcUri(SERVER, "../" + id));
  }

  @Test
  void uploadThatBreaksOffLeavesNothing() throws IOException {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(HELLO),
            new FilterInputStream(InputStream.nullInputStream()) {
              @Override
              public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("the client is gone");
              }
            });
    assertRefused(
        ErrorCode.M_UNKNOWN, () -> media.upload(ALICE, new Upload(null, null, -1, broken)));
    assertRefused(
        ErrorCode.M_UNKNOWN,
        () -> media.upload(ALICE, new Upload(null, null, 6, new ByteArrayInputStream(HELLO))));
    assertEquals(List.of(), files("incoming"));
    assertEquals(List.of(), files("content"));
  }

  @Test
  void whatACrashLeftHalfWrittenIsSweptAtStart() throws IOException {
    MxcUri uri = media.upload(ALICE, upload(HELLO));
    Files.write(folder.resolve("incoming/half"), HELLO);
    try (Media next = media(EncryptionPolicy.OPTIONAL)) {
      assertEquals(5, next.require(uri, Duration.ZERO).sizeBytes());
    }
    assertEquals(List.of(), files("incoming"));
    assertArrayEquals(HELLO, bytes(uri, 0));
  }

  @Test
  void reservedIdIsFilledOnceAndByItsOwner() throws IOException {
    MxcUri uri = media.reserve(ALICE).uri();
    assertRefused(ErrorCode.M_NOT_YET_UPLOADED, () -> file(uri));
    assertRefused(ErrorCode.M_FORBIDDEN, () -> media.fill(BOB, uri, upload(HELLO)));
    media.fill(ALICE, uri, upload(HELLO));
    assertRefused(
        ErrorCode.M_CANNOT_OVERWRITE_MEDIA, () -> media.fill(ALICE, uri, upload(new byte[9])));
    assertArrayEquals(HELLO, bytes(uri, 0));
    assertEquals(1, files("content").size());
  }

  @Test
  void ofTwoThatFillAnIdAtOnceOneWins() throws IOException {
    MxcUri uri = media.reserve(ALICE).uri();
    // The second comes and goes while the first is still coming in.
    InputStream slow =
        new ByteArrayInputStream(HELLO) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            if (available() == HELLO.length) {
              media.fill(ALICE, uri, upload(new byte[] {1}));
            }
            return super.read(into, offset, length);
          }
        };
    assertRefused(
        ErrorCode.M_CANNOT_OVERWRITE_MEDIA,
        () -> media.fill(ALICE, uri, new Upload(null, null, -1, slow)));
    assertArrayEquals(new byte[] {1}, bytes(uri, 0));
    assertEquals(1, files("content").size());
  }

  @Test
  void readerWaitsForContentThatIsToCome() {
    MxcUri uri = media.reserve(ALICE).uri();
    CompletableFuture<MediaFile> found = new CompletableFuture<>();
    Thread reader =
        Thread.ofPlatform().start(() -> found.complete(media.require(uri, Duration.ofMinutes(1))));
    Awaitility.await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
    media.fill(ALICE, uri, upload(HELLO));
    assertEquals(5, found.orTimeout(10, TimeUnit.SECONDS).join().sizeBytes());
  }

  @Test
  void reservationEnds() {
    Media.Reservation reserved = media.reserve(ALICE);
    now.set(reserved.expiresTs());
    assertRefused(ErrorCode.M_NOT_FOUND, () -> file(reserved.uri()));
    assertRefused(ErrorCode.M_NOT_FOUND, () -> media.fill(ALICE, reserved.uri(), upload(HELLO)));
  }

  @Test
  void fewIdsCanBeReservedAtATime() {
    MxcUri first = media.reserve(ALICE).uri();
    for (int i = 1; i < 10; i++) {
      media.reserve(ALICE);
    }
    MatrixException refused = assertThrows(MatrixException.class, () -> media.reserve(ALICE));
    assertEquals(ErrorCode.M_LIMIT_EXCEEDED, refused.code());
    assertEquals(Duration.ofHours(24).toMillis(), refused.fields().get("retry_after_ms"));
    media.reserve(BOB);
    media.fill(ALICE, first, upload(HELLO));
    media.reserve(ALICE);
    now.addAndGet(Duration.ofHours(24).toMillis());
    media.reserve(ALICE);
  }

  private BufferedImage thumbnail(byte[] picture, int width, int height, Method method)
      throws IOException {
    MediaFile file = file(media.upload(ALICE, upload(picture)));
    Thumbnail thumbnail = media.thumbnail(file, new ThumbnailRequest(width, height, method, false));
    try (InputStream in = thumbnail.bytes()) {
      return ImageIO.read(in);
    }
  }

  private static void assertSize(int width, int height, BufferedImage image) {
    assertEquals(width + "x" + height, image.getWidth() + "x" + image.getHeight());
  }

  @Test
  void everyFormatGetsThumbnails() throws IOException {
    assertSize(64, 32, thumbnail(Pictures.png(400, 200), 64, 64, Method.SCALE));
    assertSize(64, 64, thumbnail(Pictures.jpeg(400, 200), 64, 64, Method.CROP));
    assertSize(64, 32, thumbnail(Pictures.gif(400, 200), 64, 64, Method.SCALE));
    assertEquals("image/webp", thumbnailType(Pictures.WEBP, false));
    assertSize(16, 16, thumbnail(Pictures.WEBP, 8, 8, Method.CROP));
  }

  @Test
  void thumbnailShowsThePicture() throws IOException {
    BufferedImage small = thumbnail(Pictures.png(400, 200), 32, 32, Method.SCALE);
    assertNear(Color.RED, new Color(small.getRGB(4, 8)));
    assertNear(Color.BLUE, new Color(small.getRGB(28, 8)));
  }

  @Test
  void photographIsTurnedUpright() throws IOException {
    BufferedImage small = thumbnail(Pictures.turnedJpeg(400, 200, 6), 64, 64, Method.SCALE);
    assertSize(32, 64, small);
    assertNear(Color.RED, new Color(small.getRGB(16, 8)));
    assertNear(Color.BLUE, new Color(small.getRGB(16, 56)));
    BufferedImage other = thumbnail(Pictures.turnedJpeg(400, 200, 8), 64, 64, Method.SCALE);
    assertNear(Color.BLUE, new Color(other.getRGB(16, 8)));
    BufferedImage overhead = thumbnail(Pictures.turnedJpeg(400, 200, 3), 64, 64, Method.SCALE);
    assertNear(Color.BLUE, new Color(overhead.getRGB(8, 16)));
  }

  private static void assertNear(Color expected, Color actual) {
    int distance =
        Math.abs(expected.getRed() - actual.getRed())
            + Math.abs(expected.getGreen() - actual.getGreen())
            + Math.abs(expected.getBlue() - actual.getBlue());
    assertTrue(distance < 40, () -> actual + " is not " + expected);
  }

  private String thumbnailType(byte[] picture, boolean animated) throws IOException {
    MediaFile file = file(media.upload(ALICE, upload(picture)));
    Thumbnail thumbnail =
        media.thumbnail(file, new ThumbnailRequest(32, 32, Method.SCALE, animated));
    thumbnail.bytes().close();
    return thumbnail.contentType();
  }

  @Test
  void seeThroughPictureStaysSo() throws IOException {
    assertEquals("image/png", thumbnailType(Pictures.seeThrough(90, 90), false));
    assertEquals("image/jpeg", thumbnailType(Pictures.png(90, 90), false));
  }

  @Test
  void movingPictureMovesOnlyWhereThatIsWanted() throws IOException {
    assertEquals("image/gif", thumbnailType(Pictures.gif(90, 90), true));
    assertEquals("image/jpeg", thumbnailType(Pictures.gif(90, 90), false));
    assertEquals("image/jpeg", thumbnailType(Pictures.gif(5, 5), false));
  }

  @Test
  void pictureThatIsSmallerThanWantedIsSentAsItIs() throws IOException {
    byte[] picture = Pictures.png(40, 30);
    MediaFile file = file(media.upload(ALICE, upload(picture)));
    Thumbnail same = media.thumbnail(file, new ThumbnailRequest(40, 30, Method.CROP, false));
    try (InputStream in = same.bytes()) {
      assertArrayEquals(picture, in.readAllBytes());
    }
    assertEquals(List.of(), files("thumbnails"));
  }

  @Test
  void thumbnailIsMadeOnce() throws IOException {
    MediaFile file = file(media.upload(ALICE, upload(Pictures.png(400, 200))));
    ThumbnailRequest wanted = new ThumbnailRequest(60, 60, Method.CROP, false);
    media.thumbnail(file, wanted).bytes().close();
    assertEquals(1, files("thumbnails").size());
    Files.write(Path.of(files("thumbnails").getFirst()), HELLO);
    try (InputStream in = media.thumbnail(file, wanted).bytes()) {
      assertArrayEquals(HELLO, in.readAllBytes(), "it was made a second time");
    }
    media.thumbnail(file, new ThumbnailRequest(63, 63, Method.CROP, false)).bytes().close();
    assertEquals(1, files("thumbnails").size(), "sizes are rounded up");
  }

  @Test
  void onlySoManyShapesAreKept() throws IOException {
    MediaFile file = file(media.upload(ALICE, upload(Pictures.png(400, 200))));
    for (int height = 1; height <= 60; height++) {
      media.thumbnail(file, new ThumbnailRequest(64, height, Method.CROP, false)).bytes().close();
    }
    assertEquals(40, files("thumbnails").size());
  }

  @Test
  void hugePictureIsRefusedUnread() {
    for (byte[] huge : List.of(Pictures.hollowPng(60_000, 60_000), Pictures.hollowPng(90_000, 2))) {
      MediaFile file = file(media.upload(ALICE, upload(huge)));
      assertRefused(
          ErrorCode.M_TOO_LARGE,
          () -> media.thumbnail(file, new ThumbnailRequest(64, 1, Method.SCALE, false)));
    }
  }

  @Test
  void whatCannotBeDecodedHasNoThumbnail() {
    for (byte[] broken : List.of(HELLO, new byte[0], Pictures.hollowPng(500, 500))) {
      MediaFile file = file(media.upload(ALICE, upload(broken)));
      MatrixException refused =
          assertThrows(
              MatrixException.class,
              () -> media.thumbnail(file, new ThumbnailRequest(64, 64, Method.SCALE, false)));
      assertEquals(ErrorCode.M_UNKNOWN, refused.code());
      assertEquals(400, refused.status());
    }
  }

  @Test
  void aUserHasOnlySoMuchRoom() throws IOException {
    byte[] part = new byte[40_000];
    media.upload(ALICE, upload(part));
    MxcUri reserved = media.reserve(ALICE).uri();
    media.fill(ALICE, reserved, upload(part));
    assertRefused(ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, () -> media.upload(ALICE, upload(part)));
    MxcUri more = media.reserve(ALICE).uri();
    // Whoever does not say how much is coming finds out when it has come.
    Upload unknown = new Upload("text/plain", "a.txt", -1, new ByteArrayInputStream(part));
    assertRefused(ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, () -> media.fill(ALICE, more, unknown));
    assertEquals(2, files("content").size());
    assertEquals(List.of(), files("incoming"));
    media.upload(ALICE, upload(new byte[20_000]));
    media.upload(BOB, upload(part));
  }
}
