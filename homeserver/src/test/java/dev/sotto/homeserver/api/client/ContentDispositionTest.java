package dev.sotto.homeserver.api.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ContentDispositionTest {
  @Test
  void onlyHarmlessTypesAreShown() {
    assertEquals("inline", ContentDisposition.of("image/png", null));
    assertEquals("inline", ContentDisposition.of("Text/Plain ; charset=utf-8", null));
    assertEquals("attachment", ContentDisposition.of("text/html", null));
    assertEquals("attachment", ContentDisposition.of("image/svg+xml", null));
    assertEquals("attachment", ContentDisposition.of("application/octet-stream", null));
    assertEquals("attachment", ContentDisposition.of("text/plainish", null));
  }

  @Test
  void plainNamesAreQuoted() {
    assertEquals(
        "inline; filename=\"name with spaces; and more.png\"",
        ContentDisposition.of("image/png", "name with spaces; and more.png"));
  }

  @Test
  void otherNamesAreEncodedBesideAnAsciiLikeness() {
    assertEquals(
        "inline; filename=\"_.png\"; filename*=utf-8''%F0%9F%90%94.png",
        ContentDisposition.of("image/png", "\uD83D\uDC14.png"));
  }

  @Test
  void nameCannotEndItsQuotesOrTheHeader() {
    String header =
        ContentDisposition.of("image/png", "\"; filename=evil.html\r\nSet-Cookie: a=b\\");
    assertTrue(header.chars().allMatch(c -> c >= ' ' && c <= '~'), header);
    assertEquals(
        "inline; filename=\"_; filename=evil.html__Set-Cookie: a=b_\"; filename*=utf-8''"
            + "%22%3B%20filename%3Devil.html%0D%0ASet-Cookie%3A%20a%3Db%5C",
        header);
  }
}
