package dev.sotto.homeserver.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.media.ImageHeader.Format;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {
  private static ImageHeader of(byte[] head) {
    return ImageHeader.of(head).orElseThrow();
  }

  private static byte[] webp(String hexOfChunk) {
    return HexFormat.of().parseHex("52494646" + "00010000" + "57454250" + hexOfChunk);
  }

  @Test
  void formatAndSizeAreReadFromTheFirstBytes() {
    assertEquals(new ImageHeader(Format.PNG, 30, 20, false, 1), of(Pictures.png(30, 20)));
    assertEquals(new ImageHeader(Format.JPEG, 30, 20, false, 1), of(Pictures.jpeg(30, 20)));
    assertEquals(new ImageHeader(Format.GIF, 30, 20, true, 1), of(Pictures.gif(30, 20)));
    assertEquals(new ImageHeader(Format.WEBP, 16, 16, false, 1), of(Pictures.WEBP));
  }

  @Test
  void everyKindOfWebpIsKnown() {
    String lossy = "56503820" + "00010000" + "300100" + "9d012a" + "4001" + "f0c0";
    assertEquals(new ImageHeader(Format.WEBP, 320, 240, false, 1), of(webp(lossy)));
    String moving = "56503858" + "0a000000" + "02000000" + "3f0100" + "ef0000";
    assertEquals(new ImageHeader(Format.WEBP, 320, 240, true, 1), of(webp(moving)));
  }

  @Test
  void animatedPngIsToldFromAStill() {
    byte[] still = Pictures.png(3, 3);
    byte[] control = HexFormat.of().parseHex("00000008" + "6163544c" + "0000000200000000f38d9370");
    byte[] moving = Arrays.copyOf(still, still.length + control.length);
    System.arraycopy(control, 0, moving, 33, control.length);
    System.arraycopy(still, 33, moving, 33 + control.length, still.length - 33);
    assertFalse(of(still).animated());
    assertTrue(of(moving).animated());
  }

  @Test
  void photographSaysHowItWasHeld() {
    ImageHeader header = of(Pictures.turnedJpeg(30, 20, 6));
    assertEquals(6, header.orientation());
    assertEquals(20, header.uprightWidth());
    assertEquals(30, header.uprightHeight());
    assertEquals(1, of(Pictures.turnedJpeg(30, 20, 99)).orientation());
  }

  @Test
  void whatIsNoPictureHasNoHeader() {
    for (String text : List.of("", "G", "GIF89a", "<svg xmlns='http://www.w3.org/2000/svg'/>")) {
      assertEquals(Optional.empty(), ImageHeader.of(text.getBytes(StandardCharsets.UTF_8)));
    }
    assertEquals(Optional.empty(), ImageHeader.of(Pictures.hollowPng(0, 5)));
    assertEquals(Optional.empty(), ImageHeader.of(Pictures.hollowPng(-1, 5)));
  }

  @Test
  void brokenPicturesAreReadWithoutFailure() {
    Random random = new Random(7);
    List<byte[]> whole =
        List.of(
            Pictures.png(9, 9),
            Pictures.turnedJpeg(9, 9, 3),
            Pictures.gif(9, 9),
            Pictures.WEBP,
            Pictures.hollowPng(9, 9));
    for (byte[] picture : whole) {
      for (int length = 0; length < Math.min(picture.length, 400); length++) {
        byte[] broken = Arrays.copyOf(picture, length);
        if (length > 13) {
          broken[12 + random.nextInt(length - 12)] = (byte) random.nextInt();
        }
        ImageHeader.of(broken).ifPresent(header -> assertTrue(header.pixels() > 0));
      }
    }
  }
}
