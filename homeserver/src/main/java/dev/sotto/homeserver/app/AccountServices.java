package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.accounts.PasswordCost;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.app.settings.Settings.RegistrationMode;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.homeserver.tokens.Token;
import dev.sotto.homeserver.tokens.Tokens;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// The parts that know who is who, on which other parts stand.
record AccountServices(
    Passwords passwords,
    Accounts accounts,
    RegistrationTokens registrationTokens,
    Tokens tokens,
    BriefTokens briefTokens,
    Devices devices)
    implements AutoCloseable {

  static AccountServices of(
      Settings settings,
      Database database,
      Journal journal,
      Users users,
      Gate gate,
      SecureRandom random,
      InstantSource clock) {
    Settings.Passwords rules = settings.passwords();
    // Half of the cores, so that a flood of logins leaves the rest to everybody else.
    int hashingThreads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    Passwords passwords =
        new Passwords(
            rules.minLength(),
            new PasswordCost(
                rules.argon2MemoryKib(), rules.argon2Iterations(), rules.argon2Parallelism()),
            hashingThreads,
            random);
    return new AccountServices(
        passwords,
        new Accounts(database, journal, users, passwords, clock),
        new RegistrationTokens(database, journal, random, clock),
        new Tokens(database, journal, random, clock, settings.tokens().accessLifetime()),
        new BriefTokens(database, journal, random, clock),
        new Devices(database, journal, gate, random, clock));
  }

  /// The token for the first account, if there is none yet and accounts are made by token.
  Optional<Token> makeFirstToken(RegistrationMode mode) {
    return mode == RegistrationMode.TOKEN && accounts.isEmpty()
        ? Optional.of(registrationTokens.makeFirst())
        : Optional.empty();
  }

  @Override
  public void close() {
    passwords.close();
  }
}
