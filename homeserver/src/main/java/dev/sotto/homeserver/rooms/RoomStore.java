package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// Owns the tables `rooms`, `events`, `room_state`, `memberships` and `relations`.
final class RoomStore {
  private static final String COLUMNS =
      "position, room_number, event_id, type, state_key, sender_number, sent_at, json, graph,"
          + " replaces, redacted_by, device_id, txn_id";

  private static final String INSERT_ROOM =
      "INSERT INTO rooms (number, room_id, version) VALUES (?, ?, ?)";
  private static final String ROOM_BY_ID =
      "SELECT number, room_id, version FROM rooms WHERE room_id = ?";
  private static final String ROOM_BY_NUMBER =
      "SELECT number, room_id, version FROM rooms WHERE number = ?";
  private static final String INSERT_EVENT =
      "INSERT INTO events ("
          + COLUMNS
          + ", id_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_STATE =
      "INSERT INTO room_state (room_number, type, state_key, position) VALUES (?, ?, ?, ?)";
  private static final String INSERT_RELATION =
      "INSERT INTO relations (target_id, target_hash, position, room_number, rel_type)"
          + " VALUES (?, ?, ?, ?, ?)";
  private static final String REDACT =
      "UPDATE events SET json = ?, redacted_by = ? WHERE position = ?";
  private static final String EVENT_BY_ID =
      "SELECT " + COLUMNS + " FROM events WHERE id_hash = ? AND event_id = ?";
  private static final String STATE_AT =
      """
      SELECT %s FROM events WHERE position IN (
        SELECT MAX(position) FROM room_state
        WHERE room_number = ? AND position <= ?
        GROUP BY type, state_key)
      """
          .formatted(COLUMNS);
  static final String STATE_EVENT_AT =
      """
      SELECT %s FROM events WHERE position = (
        SELECT position FROM room_state
        WHERE room_number = ? AND type = ? AND state_key = ? AND position <= ?
        ORDER BY room_number DESC, type DESC, state_key DESC, position DESC LIMIT 1)
      """
          .formatted(COLUMNS);
  private static final String STATE_CHANGES =
      """
      SELECT %s FROM events WHERE position IN (
        SELECT MAX(position) FROM room_state
        WHERE room_number = ? AND position > ? AND position <= ?
        GROUP BY type, state_key)
      """
          .formatted(COLUMNS);
  private static final String STATE_HISTORY =
      """
      SELECT %s FROM events WHERE position IN (
        SELECT position FROM room_state WHERE room_number = ? AND type = ? AND state_key = ?)
      ORDER BY position
      """
          .formatted(COLUMNS);

  // H2 follows an index only where the order names all of its columns, also those that are given;
  // else it reads and sorts the whole room for a page of it.
  static final String NEWEST =
      """
      SELECT %s FROM events WHERE room_number = ? AND position > ? AND position <= ?
      ORDER BY room_number DESC, position DESC LIMIT ?
      """
          .formatted(COLUMNS);
  static final String OLDEST =
      """
      SELECT %s FROM events WHERE room_number = ? AND position > ? AND position <= ?
      ORDER BY room_number, position LIMIT ?
      """
          .formatted(COLUMNS);
  private static final String BY_POSITIONS =
      "SELECT " + COLUMNS + " FROM events WHERE position IN (<positions>)";
  private static final String LAST_RELATION =
      "SELECT COALESCE(MAX(position), 0) FROM relations WHERE room_number = ?";
  private static final String MEMBERSHIPS =
      """
      SELECT room_number, membership, position, forgotten FROM memberships WHERE user_number = ?
      """;
  private static final String FORGET =
      "UPDATE memberships SET forgotten = TRUE WHERE user_number = ? AND room_number = ?";
  static final String SENT_BY_DEVICE =
      """
      SELECT position, room_number, event_id, type, txn_id FROM events
      WHERE sender_number = ? AND device_id = ?
      ORDER BY sender_number DESC, device_id DESC, position DESC LIMIT ?
      """;

  /// A row of `rooms`.
  record RoomRow(long number, RoomId id, String version) {}

  /// A row of `memberships`.
  record MembershipRow(long room, Membership membership, long position, boolean forgotten) {}

  /// What a device sent with a transaction id.
  record SentRow(long position, long room, EventId id, String type, @Nullable String txnId) {}

  private final Database database;
  private final Users users;
  private final String upsertMembership;
  private final String nextNumber;
  private final RowMapper<StoredEvent> events = (row, _) -> read(row);

  RoomStore(Database database, Users users) {
    this.database = database;
    this.users = users;
    this.upsertMembership =
        database
            .dialect()
            .upsert("memberships", "user_number, room_number", "membership, position, forgotten")
            .replaceAll(":\\w+", "?");
    this.nextNumber = "SELECT " + database.dialect().nextValue("room_numbers");
  }

  long nextRoomNumber() {
    return database.read(handle -> handle.createQuery(nextNumber).mapTo(Long.class).one());
  }

  Optional<RoomRow> room(RoomId id) {
    return database.read(handle -> roomRow(handle, ROOM_BY_ID, id.value()));
  }

  Optional<RoomRow> room(long number) {
    return database.read(handle -> roomRow(handle, ROOM_BY_NUMBER, number));
  }

  private static Optional<RoomRow> roomRow(Handle handle, String sql, Object key) {
    return handle
        .createQuery(sql)
        .bind(0, key)
        .map(
            (row, _) -> new RoomRow(row.getLong(1), new RoomId(row.getString(2)), row.getString(3)))
        .findOne();
  }

  void insertRoom(Transaction transaction, Room room) {
    transaction.batch(
        INSERT_ROOM,
        row -> {
          row.setLong(1, room.number());
          row.setString(2, room.id().value());
          row.setString(3, room.version().id());
        });
  }

  /// Writes an event at its position, and what follows from it: state, membership.
  ///
  /// @param sender the sender's number
  /// @param member the number of the user whose membership this is, or 0
  void insertEvent(Transaction transaction, StoredEvent event, long sender, long member) {
    transaction.batch(INSERT_EVENT, row -> bind(row, event, sender));
    if (event.isState()) {
      transaction.batch(
          INSERT_STATE,
          row -> {
            row.setLong(1, event.roomNumber());
            row.setString(2, event.type());
            row.setString(3, event.stateKey());
            row.setLong(4, event.position());
          });
    }
    if (member != 0) {
      transaction.batch(
          upsertMembership,
          row -> {
            row.setLong(1, member);
            row.setLong(2, event.roomNumber());
            row.setString(3, Membership.of(event).wireName());
            row.setLong(4, event.position());
            row.setBoolean(5, false);
          });
    }
  }

  private static void bind(PreparedStatement row, StoredEvent event, long sender)
      throws SQLException {
    row.setLong(1, event.position());
    row.setLong(2, event.roomNumber());
    row.setString(3, event.id().value());
    row.setString(4, event.type());
    row.setString(5, event.stateKey());
    row.setLong(6, sender);
    row.setLong(7, event.sentAt());
    row.setBytes(8, event.json());
    row.setBytes(9, event.graph());
    setPosition(row, 10, event.replaces());
    setPosition(row, 11, event.redactedBy());
    DeviceId device = event.device();
    row.setString(12, device == null ? null : device.value());
    row.setString(13, event.txnId());
    row.setLong(14, hash(event.id()));
  }

  /// What an event is found by, before its id is compared.
  private static long hash(EventId id) {
    return ByteBuffer.wrap(Sha256.of(id.value())).getLong();
  }

  private static void setPosition(PreparedStatement row, int column, long position)
      throws SQLException {
    if (position == 0) {
      row.setNull(column, Types.BIGINT);
    } else {
      row.setLong(column, position);
    }
  }

  void insertRelation(Transaction transaction, StoredEvent event, EventRelation relation) {
    transaction.batch(
        INSERT_RELATION,
        row -> {
          row.setString(1, relation.target().value());
          row.setLong(2, hash(relation.target()));
          row.setLong(3, event.position());
          row.setLong(4, event.roomNumber());
          row.setString(5, relation.type());
        });
  }

  /// Leaves of an event what a redaction leaves; the rest is overwritten.
  void redact(Transaction transaction, StoredEvent redacted) {
    transaction.batch(
        REDACT,
        row -> {
          row.setBytes(1, redacted.json());
          row.setLong(2, redacted.redactedBy());
          row.setLong(3, redacted.position());
        });
  }

  void forget(Transaction transaction, long user, long room) {
    transaction.handle().execute(FORGET, user, room);
  }

  Optional<StoredEvent> event(EventId id) {
    return database.read(
        handle ->
            handle
                .createQuery(EVENT_BY_ID)
                .bind(0, hash(id))
                .bind(1, id.value())
                .map(events)
                .findOne());
  }

  List<StoredEvent> byPositions(Collection<Long> positions) {
    if (positions.isEmpty()) {
      return List.of();
    }
    return database.read(
        handle ->
            handle
                .createQuery(BY_POSITIONS)
                .bindList("positions", List.copyOf(positions))
                .map(events)
                .list());
  }

  List<StoredEvent> stateAt(long room, long position) {
    return query(STATE_AT, room, position);
  }

  Optional<StoredEvent> stateEventAt(long room, String type, String stateKey, long position) {
    return query(STATE_EVENT_AT, room, type, stateKey, position).stream().findFirst();
  }

  /// For each key that was set in (from, to], the last event that set it.
  List<StoredEvent> stateChanges(long room, long from, long to) {
    return query(STATE_CHANGES, room, from, to);
  }

  /// Every event that set one key, oldest first.
  List<StoredEvent> stateHistory(long room, String type, String stateKey) {
    return query(STATE_HISTORY, room, type, stateKey);
  }

  /// The events of (from, to], newest first.
  List<StoredEvent> newest(long room, long from, long to, int limit) {
    return query(NEWEST, room, from, to, limit);
  }

  /// The events of (from, to], oldest first.
  List<StoredEvent> oldest(long room, long from, long to, int limit) {
    return query(OLDEST, room, from, to, limit);
  }

  long lastRelation(long room) {
    return database.read(
        handle -> handle.createQuery(LAST_RELATION).bind(0, room).mapTo(Long.class).one());
  }

  List<MembershipRow> memberships(long user) {
    return database.read(
        handle ->
            handle
                .createQuery(MEMBERSHIPS)
                .bind(0, user)
                .map(
                    (row, _) ->
                        new MembershipRow(
                            row.getLong(1),
                            membership(row.getString(2)),
                            row.getLong(3),
                            row.getBoolean(4)))
                .list());
  }

  /// The newest events that a device sent, newest first; those without a transaction id too.
  List<SentRow> sentBy(long sender, DeviceId device, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(SENT_BY_DEVICE)
                .bind(0, sender)
                .bind(1, device.value())
                .bind(2, limit)
                .map(
                    (row, _) ->
                        new SentRow(
                            row.getLong(1),
                            row.getLong(2),
                            new EventId(row.getString(3)),
                            row.getString(4),
                            row.getString(5)))
                .list());
  }

  private static Membership membership(String name) {
    Membership named = Membership.named(name);
    return named == null ? Membership.LEAVE : named;
  }

  private List<StoredEvent> query(String sql, Object... parameters) {
    return database.read(
        handle -> {
          var query = handle.createQuery(sql);
          for (int i = 0; i < parameters.length; i++) {
            query.bind(i, parameters[i]);
          }
          return query.map(events).list();
        });
  }

  /// Runs a query of another class of this package that selects [#columns] of `events`.
  List<StoredEvent> select(String sql, Map<String, ?> parameters) {
    return database.read(handle -> handle.createQuery(sql).bindMap(parameters).map(events).list());
  }

  /// The same with a list of texts bound to `<list>` of the query.
  List<StoredEvent> select(
      String sql, String list, List<String> values, Map<String, ?> parameters) {
    return database.read(
        handle ->
            handle.createQuery(sql).bindList(list, values).bindMap(parameters).map(events).list());
  }

  /// Runs a query of another class of this package.
  <T> T read(Function<Handle, T> query) {
    return database.read(query);
  }

  static String columns(String alias) {
    return alias + "." + COLUMNS.replace(", ", ", " + alias + ".");
  }

  private StoredEvent read(ResultSet row) throws SQLException {
    String device = row.getString(12);
    UserId sender = users.id(row.getLong(6));
    return new StoredEvent(
        row.getLong(1),
        row.getLong(2),
        new EventId(row.getString(3)),
        row.getString(4),
        row.getString(5),
        sender,
        row.getLong(7),
        row.getBytes(8),
        row.getBytes(9),
        row.getLong(10),
        row.getLong(11),
        device == null ? null : new DeviceId(device),
        row.getString(13));
  }
}
