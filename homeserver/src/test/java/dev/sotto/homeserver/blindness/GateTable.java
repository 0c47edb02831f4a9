package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The table `gate.txt`, whose head says how it is read.
final class GateTable {
  private GateTable() {}

  /// By which way something comes: `send`, `state`, `device` or a way of publishing keys.
  record Way(String name, String type, String stateKey) {
    /// What the gate keeps of it.
    ObjectNode pass(Gate gate, ObjectNode content) {
      return switch (name) {
        case "send" -> gate.admit(type, null, content).content();
        case "state" -> gate.admit(type, stateKey, content).content();
        case "device-keys" -> gate.admitDeviceKeys(content);
        case "one-time-key" ->
            (ObjectNode)
                gate.admitOneTimeKey(
                    new UserId("@a:b.c"), new DeviceId("RJYKSTBOIE"), type, content);
        case "cross-signing" -> gate.admitCrossSigningKey(content);
        case "backup" -> gate.admitBackup(type, content);
        case "dehydrated" -> gate.admitDehydrated(content);
        case "device" -> gate.admitToDevice(type, content).content();
        default -> throw new IllegalStateException(name);
      };
    }

    @Override
    public String toString() {
      return name + " " + type + (stateKey.isEmpty() ? "" : " " + stateKey);
    }
  }

  /// @param kept what of the content is kept, or null if it is refused
  record Row(Way way, String content, @Nullable ObjectNode kept) {
    @Override
    public String toString() {
      return way + (kept == null ? " - " : " + ") + content;
    }
  }

  /// A gate as the settings' defaults have it, but for a short list of types.
  static Gate gate(EncryptionPolicy policy) {
    return new Gate(
        policy,
        new ServerName("example.org"),
        List.of(
            "im.ponies.room_emotes",
            "im.vector.modular.widgets",
            "m.room.message",
            "org.matrix.msc3401.call.member",
            "org.matrix.msc3672.beacon_info"),
        1_000_000);
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    Way way = null;
    for (String line : text().split("\n")) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("  ")) {
        rows.add(row(Objects.requireNonNull(way), line.strip()));
      } else {
        String[] words = line.split(" ", 3);
        String key = words.length < 3 || words[2].equals("-") ? "" : words[2];
        way = new Way(words[0], words[1], key);
      }
    }
    return rows;
  }

  private static Row row(Way way, String line) {
    String[] parts = line.substring(2).split(" => ");
    return switch (line.charAt(0)) {
      case '+' -> new Row(way, parts[0], Json.parseObject(parts[0]));
      case '~' -> new Row(way, parts[0], Json.parseObject(parts[1]));
      case '-' -> new Row(way, parts[0], null);
      default -> throw new IllegalStateException(line);
    };
  }

  private static String text() {
    try (InputStream table = GateTable.class.getResourceAsStream("/blindness/gate.txt")) {
      return new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
