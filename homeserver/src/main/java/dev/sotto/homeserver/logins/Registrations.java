package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes accounts.
public final class Registrations {
  private static final int MADE_NAME_LENGTH = 12;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

  private final ServerName server;
  private final Journal journal;
  private final Users users;
  private final Accounts accounts;
  private final Passwords passwords;
  private final RegistrationTokens registrationTokens;
  private final Appservices appservices;
  private final Logins logins;
  private final SecureRandom random;

  public Registrations(
      ServerName server,
      Journal journal,
      Users users,
      Accounts accounts,
      Passwords passwords,
      RegistrationTokens registrationTokens,
      Appservices appservices,
      Logins logins,
      SecureRandom random) {
    this.server = server;
    this.journal = journal;
    this.users = users;
    this.accounts = accounts;
    this.passwords = passwords;
    this.registrationTokens = registrationTokens;
    this.appservices = appservices;
    this.logins = logins;
    this.random = random;
  }

  /// The user id that a name asks for, in lower case.
  ///
  /// @throws MatrixException `M_INVALID_USERNAME` if no account may be called so
  public UserId name(String userName) {
    try {
      return UserId.of(userName.toLowerCase(Locale.ROOT), server);
    } catch (MatrixException e) {
      throw new MatrixException(ErrorCode.M_INVALID_USERNAME, e.getMessage());
    }
  }

  /// A user id that nobody has.
  public UserId makeName() {
    StringBuilder name = new StringBuilder(MADE_NAME_LENGTH);
    for (int i = 0; i < MADE_NAME_LENGTH; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return UserId.of(name.toString(), server);
  }

  /// Refuses a name that somebody has or had, `M_USER_IN_USE`, or that is reserved for an
  /// application service, `M_EXCLUSIVE`.
  public void checkFree(UserId id) {
    appservices.checkFree(id, null);
    checkUnused(id);
  }

  private void checkUnused(UserId id) {
    if (accounts.find(id).isPresent()) {
      throw Accounts.inUse();
    }
  }

  /// Makes an account.
  ///
  /// @throws MatrixException `M_USER_IN_USE`, `M_WEAK_PASSWORD`, and `M_FORBIDDEN` for a
  ///   registration token that was used up meanwhile
  public Account register(NewAccount asked) {
    Prepared prepared = prepare(asked);
    return journal.write(transaction -> create(transaction, prepared));
  }

  /// Makes an account and opens a first session for it.
  public Login register(NewAccount asked, NewSession session) {
    Prepared prepared = prepare(asked);
    return journal.write(
        transaction -> logins.open(transaction, create(transaction, prepared), session));
  }

  private record Prepared(NewAccount asked, long number, @Nullable String passwordHash) {}

  /// Does what takes long, or cannot be done inside a change.
  private Prepared prepare(NewAccount asked) {
    checkUnused(asked.id());
    String password = asked.password();
    String hash = password == null ? null : passwords.hash(password);
    return new Prepared(asked, users.number(asked.id()), hash);
  }

  private Account create(Transaction transaction, Prepared prepared) {
    NewAccount asked = prepared.asked;
    TokenHash token = asked.registrationToken();
    boolean administrator =
        (token != null && registrationTokens.use(transaction, token)) || asked.administrator();
    return accounts.create(
        transaction,
        asked.id(),
        prepared.number,
        asked.kind(),
        administrator,
        prepared.passwordHash);
  }
}
