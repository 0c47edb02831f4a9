package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.List;

/// Ends accounts for good.
///
/// The account, its devices and its tokens end in one transaction. What follows, such as leaving
/// rooms, may take long; it is noted as due in that transaction, and taken up again at the next
/// start if the server stops in between.
public final class Deactivations {
  /// Takes a deactivated account out of one part of the server.
  public interface Listener {
    /// May be called again for the same user, after a restart.
    ///
    /// @param erase whether what the account kept here is to be deleted as well
    void deactivated(UserId user, boolean erase);
  }

  private final Journal journal;
  private final Accounts accounts;
  private final DeviceChanges deviceChanges;
  private final BriefTokens briefTokens;
  private final List<Listener> listeners;

  public Deactivations(
      Journal journal,
      Accounts accounts,
      DeviceChanges deviceChanges,
      BriefTokens briefTokens,
      List<Listener> listeners) {
    this.journal = journal;
    this.accounts = accounts;
    this.deviceChanges = deviceChanges;
    this.briefTokens = briefTokens;
    this.listeners = List.copyOf(listeners);
  }

  /// Ends an account, and returns when it is gone from everywhere.
  public void deactivate(UserId user, boolean erase) {
    Account account =
        accounts
            .find(user)
            .orElseThrow(() -> MatrixException.notFound("There is no such account."));
    journal.change(
        transaction -> {
          accounts.deactivate(transaction, account.number(), erase);
          deviceChanges.removeAll(transaction, account.number(), null);
          briefTokens.revokeAll(transaction, account.number());
        });
    bidFarewell(account, erase);
  }

  /// Finishes what an earlier run of the server left undone.
  public void resume() {
    accounts
        .farewells()
        .forEach(
            (user, erase) -> accounts.find(user).ifPresent(account -> bidFarewell(account, erase)));
  }

  private void bidFarewell(Account account, boolean erase) {
    listeners.forEach(listener -> listener.deactivated(account.id(), erase));
    accounts.farewellDone(account.number());
  }
}
