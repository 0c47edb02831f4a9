package dev.sotto.homeserver.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MediaGateTest {
  private static final MediaGate BLIND = MediaGate.blind(1000);

  private static MediaGate.Offer offer(String type, String name, byte[] bytes) {
    return new MediaGate.Offer(type, name, bytes.length, bytes);
  }

  @Test
  void blindServerKeepsNeitherTypeNorName() {
    byte[] text = "meet me at nine".getBytes(StandardCharsets.UTF_8);
    assertEquals(MediaLabel.OPAQUE, BLIND.admit(offer("text/plain", "where.txt", text)));
    assertEquals(MediaLabel.OPAQUE, BLIND.admit(offer("image/png", "no-picture.png", text)));
  }

  @Test
  void blindServerKnowsSmallPicturesByTheirBytes() {
    assertEquals(
        new MediaLabel("image/png", null),
        BLIND.admit(offer("text/html", "me.html", Pictures.png(9, 9))));
    assertEquals(
        new MediaLabel("image/webp", null), BLIND.admit(offer("image/x", "me", Pictures.WEBP)));
  }

  @Test
  void blindServerRefusesLargePictures() {
    MediaGate.Offer large =
        new MediaGate.Offer("application/octet-stream", null, 1001, Pictures.png(9, 9));
    MatrixException refused = assertThrows(MatrixException.class, () -> BLIND.admit(large));
    assertEquals(ErrorCode.M_FORBIDDEN, refused.code());
  }

  @Test
  void openServerKeepsWhatIsClaimed() {
    byte[] bytes = {1, 2, 3};
    assertEquals(
        new MediaLabel("text/plain", "a.txt"),
        MediaGate.asClaimed().admit(offer("text/plain", "a.txt", bytes)));
    assertEquals(
        MediaLabel.OPAQUE, MediaGate.asClaimed().admit(new MediaGate.Offer(null, null, 3, bytes)));
  }
}
