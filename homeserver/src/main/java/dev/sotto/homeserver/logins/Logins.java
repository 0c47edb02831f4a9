package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.accounts.Passwords;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import dev.sotto.homeserver.tokens.Tokens;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens and ends sessions.
public final class Logins {
  private final Journal journal;
  private final Users users;
  private final Accounts accounts;
  private final Passwords passwords;
  private final Devices devices;
  private final DeviceChanges deviceChanges;
  private final Tokens tokens;
  private final BriefTokens briefTokens;
  private final ReservedDeviceIds reserved;

  public Logins(
      Journal journal,
      Users users,
      Accounts accounts,
      Passwords passwords,
      Devices devices,
      DeviceChanges deviceChanges,
      Tokens tokens,
      BriefTokens briefTokens,
      ReservedDeviceIds reserved) {
    this.journal = journal;
    this.users = users;
    this.accounts = accounts;
    this.passwords = passwords;
    this.devices = devices;
    this.deviceChanges = deviceChanges;
    this.tokens = tokens;
    this.briefTokens = briefTokens;
    this.reserved = reserved;
  }

  /// Opens a session by a password.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is wrong, or nobody has that name
  public Login byPassword(UserId user, String password, NewSession session) {
    Account account =
        accounts
            .prove(user, password)
            .orElseThrow(() -> MatrixException.forbidden("Wrong user name or password."));
    return open(account, session);
  }

  /// Opens a session by a token that another session of the user asked for, which uses it up.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is not good
  public Login byToken(String token, NewSession session) {
    Account account =
        briefTokens
            .take(Purpose.LOGIN, token)
            .flatMap(accounts::find)
            .filter(found -> !found.deactivated())
            .orElseThrow(() -> MatrixException.forbidden("This login token is not good."));
    return open(account, session);
  }

  /// Opens a session for an account whose owner was proven otherwise.
  public Login open(Account account, NewSession session) {
    return journal.write(transaction -> open(transaction, account, session));
  }

  Login open(Transaction transaction, Account account, NewSession session) {
    long user = account.number();
    if (session.device() != null && reserved.reserved(transaction, user, session.device())) {
      throw MatrixException.forbidden(
          "This device id is that of a cross-signing key or of your dehydrated device.");
    }
    DeviceId device = devices.ensure(transaction, user, session.device(), session.displayName());
    return new Login(
        account.id(), device, tokens.issue(transaction, user, device, session.refreshable()));
  }

  /// Ends the session on a device, and the device with it.
  public void end(UserId user, DeviceId device) {
    deviceChanges.remove(users.number(user), List.of(device));
  }

  /// Ends all sessions of a user, and their devices with them.
  public void endAll(UserId user) {
    long number = users.number(user);
    journal.change(
        transaction -> {
          deviceChanges.removeAll(transaction, number, null);
        });
  }

  /// Changes a password.
  ///
  /// @param endOthers whether sessions on other devices than `kept` end
  public void changePassword(
      UserId user, String password, boolean endOthers, @Nullable DeviceId kept) {
    passwords.checkNew(password);
    String hash = passwords.hash(password);
    long number = users.number(user);
    journal.change(
        transaction -> {
          accounts.setPassword(transaction, number, hash);
          briefTokens.revokeAll(transaction, number);
          if (endOthers) {
            deviceChanges.removeAll(transaction, number, kept);
          }
        });
  }
}
