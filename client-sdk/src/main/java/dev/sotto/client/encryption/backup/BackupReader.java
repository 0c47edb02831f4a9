package dev.sotto.client.encryption.backup;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the keys of a backup from the server's answer piece by piece, since there may be many.
/// What is not of the right form is passed over, and so are keys that are longer than any can be.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeys
public final class BackupReader implements AutoCloseable {
  private static final int MAX_SESSION_ID_LENGTH = 255;

  /// In characters, as the others: several times what a key takes.
  private static final int MAX_KEY_LENGTH = 1 << 17;

  /// How much is read in one piece: as a tree it takes many times as much.
  private static final long MAX_PIECE_LENGTH = 1 << 20;

  private static final int MAX_NAME_LENGTH = 1 << 16;
  private static final int MAX_DEPTH = 1000;

  /// Holds nothing of what it passes over but names, numbers and how deep it is; these alone need
  /// limits. Names are not collected in a table.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxStringLength(MAX_NAME_LENGTH)
                  .maxNumberLength(MAX_NAME_LENGTH)
                  .build())
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .build();

  private enum Place {
    ALL,
    ROOMS,
    ROOM,
    SESSIONS,
    END
  }

  private final Tape tape;
  private final JsonParser parser;
  private final Place whole;
  private Place place;
  private @Nullable RoomId room;

  /// @param whole what the answer is
  /// @param room of which it is; null if it is of all
  private BackupReader(InputStream answer, Place whole, @Nullable RoomId room) {
    this.whole = whole;
    this.place = whole;
    this.room = room;
    // As text: given bytes, the parser would guess at UTF-16.
    tape =
        new Tape(
            new InputStreamReader(answer, StandardCharsets.UTF_8.newDecoder()), MAX_KEY_LENGTH);
    parser = FACTORY.createParser(ObjectReadContext.empty(), tape);
  }

  /// Of the answer to `GET /_matrix/client/v3/room_keys/keys`.
  ///
  /// @throws MatrixException `M_NOT_JSON` if it is none
  public static BackupReader of(InputStream answer) {
    return new BackupReader(answer, Place.ALL, null).begun();
  }

  /// Of the answer to `GET /_matrix/client/v3/room_keys/keys/{roomId}`.
  ///
  /// @throws MatrixException `M_NOT_JSON` if it is none
  public static BackupReader of(RoomId room, InputStream answer) {
    return new BackupReader(answer, Place.ROOM, room).begun();
  }

  private BackupReader begun() {
    try {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return this;
      }
    } catch (JacksonException _) {
      // Said below.
    }
    close();
    throw notJson();
  }

  private static MatrixException notJson() {
    return new MatrixException(ErrorCode.M_NOT_JSON, "The backup is not valid JSON.");
  }

  /// The next keys, up to `most`, and fewer where they are long; none if that was all.
  ///
  /// @throws MatrixException `M_NOT_JSON` if it does not go on as JSON does; what was handed out
  ///   before is good all the same
  public List<BackedUpKey> next(int most) {
    List<BackedUpKey> keys = new ArrayList<>();
    long end = readSoFar() + MAX_PIECE_LENGTH;
    try {
      while (keys.size() < most && place != Place.END && (keys.isEmpty() || readSoFar() < end)) {
        one().ifPresent(keys::add);
      }
      return keys;
    } catch (JacksonException _) {
      place = Place.END;
      throw notJson();
    }
  }

  private long readSoFar() {
    return parser.currentLocation().getCharOffset();
  }

  private Optional<BackedUpKey> one() {
    JsonToken token = parser.nextToken();
    if (token != JsonToken.PROPERTY_NAME) {
      // An object ends; anything else the parser itself refuses.
      place = outer();
      return Optional.empty();
    }
    String name = parser.currentName();
    boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
    if (isObject && place == Place.SESSIONS && room != null) {
      RoomId of = room;
      Optional<ObjectNode> json = object();
      return name.length() <= MAX_SESSION_ID_LENGTH
          ? json.map(object -> new BackedUpKey(of, name, object))
          : Optional.empty();
    }
    if (isObject && isEntered(name)) {
      return Optional.empty();
    }
    parser.skipChildren();
    return Optional.empty();
  }

  /// The object that begins here; empty if it is too long.
  private Optional<ObjectNode> object() {
    long start = readSoFar() - 1;
    parser.skipChildren();
    long end = readSoFar();
    if (end - start > MAX_KEY_LENGTH) {
      return Optional.empty();
    }
    JsonNode json = Json.lenientMapper().readTree(tape.between(start, end));
    return json instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
  }

  private Place outer() {
    if (place == whole) {
      return Place.END;
    }
    return switch (place) {
      case SESSIONS -> Place.ROOM;
      case ROOM -> Place.ROOMS;
      case ROOMS -> Place.ALL;
      case ALL, END -> Place.END;
    };
  }

  private boolean isEntered(String name) {
    if (place == Place.ALL && name.equals("rooms")) {
      place = Place.ROOMS;
      return true;
    } else if (place == Place.ROOM && name.equals("sessions")) {
      place = Place.SESSIONS;
      return true;
    } else if (place == Place.ROOMS) {
      try {
        room = new RoomId(name);
        place = Place.ROOM;
        return true;
      } catch (MatrixException _) {
        return false;
      }
    }
    return false;
  }

  @Override
  public void close() {
    parser.close();
  }
}
