package dev.sotto.protocol.id;

/// A room's alias, `#localpart:server`.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#room-aliases
public record RoomAlias(String value) implements Comparable<RoomAlias> {
  public RoomAlias {
    Ids.check("room alias", '#', value);
    Ids.colon("room alias", value);
  }

  public String localpart() {
    return value.substring(1, value.indexOf(':'));
  }

  public ServerName server() {
    return new ServerName(value.substring(value.indexOf(':') + 1));
  }

  @Override
  public int compareTo(RoomAlias other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
