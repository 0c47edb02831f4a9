package dev.sotto.homeserver.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.media.ThumbnailRequest.Method;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FitTest {
  private static Fit fit(int width, int height, int wantedWidth, int wantedHeight, Method method) {
    return Fit.of(width, height, new ThumbnailRequest(wantedWidth, wantedHeight, method, false));
  }

  @Test
  void scalingKeepsTheShapeInsideTheSize() {
    assertEquals(new Fit(1000, 500, 320, 160), fit(1000, 500, 320, 240, Method.SCALE));
    assertEquals(new Fit(500, 1000, 120, 240), fit(500, 1000, 320, 240, Method.SCALE));
  }

  @Test
  void croppingHasTheWantedShapeAndTheMiddle() {
    assertEquals(new Fit(500, 500, 96, 96), fit(1000, 500, 96, 96, Method.CROP));
    assertEquals(new Fit(500, 375, 320, 240), fit(500, 1000, 320, 240, Method.CROP));
  }

  @Test
  void nothingIsEverMadeLarger() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      int width = 1 + random.nextInt(1 << random.nextInt(16));
      int height = 1 + random.nextInt(1 << random.nextInt(16));
      int wantedWidth = 1 + random.nextInt(1200);
      int wantedHeight = 1 + random.nextInt(1200);
      Method method = random.nextBoolean() ? Method.CROP : Method.SCALE;
      Fit fit = fit(width, height, wantedWidth, wantedHeight, method);
      assertTrue(fit.width() >= 1 && fit.width() <= fit.cutWidth(), fit::toString);
      assertTrue(fit.height() >= 1 && fit.height() <= fit.cutHeight(), fit::toString);
      assertTrue(fit.cutWidth() <= width && fit.cutHeight() <= height, fit::toString);
      assertTrue(fit.width() <= wantedWidth && fit.height() <= wantedHeight, fit::toString);
    }
  }
}
