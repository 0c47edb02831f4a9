package dev.sotto.homeserver.blindness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// What the gate does, row by row.
class GateTableTest {
  private final Gate blind = GateTable.gate(EncryptionPolicy.REQUIRED);
  private final Gate plain = GateTable.gate(EncryptionPolicy.OPTIONAL);

  static Stream<GateTable.Row> rows() {
    return GateTable.rows().stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void requiredPolicyKeepsOrRefuses(GateTable.Row row) {
    ObjectNode kept = row.kept();
    ObjectNode offered = Json.parseObject(row.content());
    if (kept == null) {
      MatrixException refusal =
          assertThrows(MatrixException.class, () -> row.way().pass(blind, offered));
      assertEquals(ErrorCode.M_FORBIDDEN, refusal.code());
      assertTrue(refusal.getMessage().startsWith("This server only "), refusal.getMessage());
      assertFalse(refusal.getMessage().contains("at noon"), refusal.getMessage());
    } else {
      assertEquals(kept, row.way().pass(blind, offered));
    }
    assertEquals(Json.parseObject(row.content()), offered, "the content offered was changed");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void optionalPolicyKeepsEverythingAsItIs(GateTable.Row row) {
    ObjectNode offered = Json.parseObject(row.content());
    assertSame(offered, row.way().pass(plain, offered));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsKeptPassesAgainUnchanged(GateTable.Row row) {
    ObjectNode kept = row.kept();
    if (kept != null) {
      assertEquals(kept, row.way().pass(blind, kept));
    }
  }
}
