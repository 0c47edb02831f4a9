package dev.sotto.homeserver.pushers;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.json.Json;
import java.util.List;

/// The table of pushers.
final class PusherStore {
  private static final String OF_USER =
      "SELECT definition FROM pushers WHERE user_number = ? ORDER BY created_ts, app_id, pushkey";
  private static final String COUNT = "SELECT COUNT(*) FROM pushers WHERE user_number = ?";
  private static final String DELETE =
      "DELETE FROM pushers WHERE user_number = ? AND app_id = ? AND pushkey = ?";
  private static final String DELETE_OF_OTHERS =
      "DELETE FROM pushers WHERE user_number <> ? AND app_id = ? AND pushkey = ?";
  private static final String DELETE_OF_DEVICE =
      "DELETE FROM pushers WHERE user_number = ? AND device_id = ?";
  private static final String DELETE_OF_USER = "DELETE FROM pushers WHERE user_number = ?";

  private final Database database;
  private final String upsert;

  PusherStore(Database database) {
    this.database = database;
    this.upsert =
        database
            .dialect()
            .upsert("pushers", "user_number, app_id, pushkey", "definition, device_id, created_ts");
  }

  List<Pusher> ofUser(long user) {
    return database.read(
        handle ->
            handle.createQuery(OF_USER).bind(0, user).mapTo(byte[].class).list().stream()
                .map(json -> Json.bind(Json.parse(json), Pusher.class))
                .toList());
  }

  int count(Transaction transaction, long user) {
    return transaction.handle().createQuery(COUNT).bind(0, user).mapTo(Integer.class).one();
  }

  void put(Transaction transaction, long user, Pusher pusher, String device, long now) {
    transaction
        .handle()
        .createUpdate(upsert)
        .bind("user_number", user)
        .bind("app_id", pusher.appId())
        .bind("pushkey", pusher.pushkey())
        .bind("definition", Json.bytes(pusher))
        .bind("device_id", device)
        .bind("created_ts", now)
        .execute();
  }

  void delete(Transaction transaction, long user, String appId, String pushkey) {
    transaction.handle().execute(DELETE, user, appId, pushkey);
  }

  void deleteOfOthers(Transaction transaction, long user, String appId, String pushkey) {
    transaction.handle().execute(DELETE_OF_OTHERS, user, appId, pushkey);
  }

  void deleteOfDevice(Transaction transaction, long user, String device) {
    transaction.handle().execute(DELETE_OF_DEVICE, user, device);
  }

  void deleteOfUser(Transaction transaction, long user) {
    transaction.handle().execute(DELETE_OF_USER, user);
  }
}
