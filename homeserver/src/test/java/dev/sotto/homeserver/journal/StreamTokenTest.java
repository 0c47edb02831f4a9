package dev.sotto.homeserver.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTokenTest {
  @Test
  void tokensAreReadAsTheyWereWritten() {
    assertEquals("s12_3_4", new StreamToken(12, 3, 4).toString());
    assertEquals(new StreamToken(12, 3, 4), StreamToken.parse("since", "s12_3_4"));
    assertEquals("s12", StreamToken.at(12).toString());
    assertEquals(StreamToken.at(12), StreamToken.parse("from", "s12"));
    assertEquals(new StreamToken(12, 3, 0), StreamToken.parse("since", "s12_3"));
  }

  @Test
  void messagesLeftBehindShowInTheToken() {
    StreamToken token = new StreamToken(12, 3, 4, 9);
    assertEquals("s12_3_4_9", token.toString());
    assertEquals(token, StreamToken.parse("since", "s12_3_4_9"));
    assertEquals(12, StreamToken.parse("since", "s12_3_4").toDevice());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "12",
        "t12",
        "s-1",
        "s1_",
        "s1_2_3_4_5",
        "s1.5",
        "s٣",
        "s1234567890123456789"
      })
  void whatWasNeverGivenIsRefused(String token) {
    MatrixException refused =
        assertThrows(MatrixException.class, () -> StreamToken.parse("since", token));
    assertEquals(ErrorCode.M_INVALID_PARAM, refused.code());
  }
}
