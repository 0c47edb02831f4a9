package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.accounts.PasswordCost;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.homeserver.tokens.Tokens;
import dev.sotto.homeserver.uia.InteractiveAuth;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// All that accounts are made of, over a database in memory, with a clock that stands still.
public final class AccountWorld implements AutoCloseable, InstantSource {
  public static final ServerName SERVER = new ServerName("example.org");
  public static final UserId ALICE = new UserId("@alice:example.org");
  public static final String PASSWORD = "correct horse";
  public static final Duration LIFETIME = Duration.ofHours(1);

  private final SecureRandom random = new SecureRandom();
  public final Database database = Database.inMemory(UUID.randomUUID().toString());
  public final Journal journal = new Journal(database);
  public final Users users = new Users(database, journal);
  public final Passwords passwords = new Passwords(8, new PasswordCost(8, 1, 1), 1, random);
  public final Accounts accounts = new Accounts(database, journal, users, passwords, this);
  public final RegistrationTokens registrationTokens =
      new RegistrationTokens(database, journal, random, this);
  public final Tokens tokens = new Tokens(database, journal, random, this, LIFETIME);
  public final BriefTokens briefTokens = new BriefTokens(database, journal, random, this);
  public final Devices devices =
      new Devices(database, journal, new Gate(EncryptionPolicy.OPTIONAL), random, this);
  public final List<String> deviceNews = new ArrayList<>();
  public final DeviceChanges deviceChanges =
      new DeviceChanges(journal, devices, tokens, List.of(new News()));
  public final Logins logins =
      new Logins(
          journal,
          users,
          accounts,
          passwords,
          devices,
          deviceChanges,
          tokens,
          briefTokens,
          (_, _, device) -> device.value().equals("RESERVED"));
  public final Registrations registrations =
      new Registrations(
          SERVER,
          journal,
          users,
          accounts,
          passwords,
          registrationTokens,
          new Appservices(List.of()),
          logins,
          random);
  public final InteractiveAuth auth =
      new InteractiveAuth(accounts, registrationTokens, random, this);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final class News implements DeviceListener {
    @Override
    public void removed(Transaction transaction, long user, DeviceId device) {
      transaction.afterCommit(() -> deviceNews.add("removed " + device));
    }

    @Override
    public void renamed(Transaction transaction, long user, DeviceId device) {
      transaction.afterCommit(() -> deviceNews.add("renamed " + device));
    }
  }

  @Override
  public Instant instant() {
    return now;
  }

  public void pass(Duration time) {
    now = now.plus(time);
  }

  /// Makes an account with [#PASSWORD].
  public Account register(UserId user) {
    return registrations.register(new NewAccount(user, Kind.USER, PASSWORD, false, null));
  }

  /// Opens a session on a device.
  public Login login(UserId user, String device, boolean refreshable) {
    return logins.byPassword(
        user, PASSWORD, new NewSession(new DeviceId(device), null, refreshable));
  }

  /// The text of a session's access token.
  public static String access(Login login) {
    return login.tokens().access().reveal();
  }

  @Override
  public void close() {
    passwords.close();
    journal.close();
    database.close();
  }
}
