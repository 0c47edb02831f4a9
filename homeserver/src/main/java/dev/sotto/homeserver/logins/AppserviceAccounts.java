package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// The accounts that application services act for.
///
/// @spec https://spec.matrix.org/v1.19/application-service-api/#identity-assertion
public final class AppserviceAccounts {
  private final Appservices services;
  private final Accounts accounts;
  private final Devices devices;

  public AppserviceAccounts(Appservices services, Accounts accounts, Devices devices) {
    this.services = services;
    this.accounts = accounts;
    this.devices = devices;
  }

  public Appservices services() {
    return services;
  }

  /// The account that a service acts as.
  ///
  /// @param user whom it names, or null for its own sender
  /// @param device the device that it names, or null
  /// @throws MatrixException `M_FORBIDDEN` if that user is not the service's or has no account,
  ///   `M_UNKNOWN_DEVICE` if there is no such device
  public Account actAs(Appservice service, @Nullable UserId user, @Nullable DeviceId device) {
    UserId acting = user == null ? service.sender() : user;
    if (!service.actsFor(acting)) {
      throw MatrixException.forbidden("This application service may not act as that user.");
    }
    Account account =
        accounts
            .find(acting)
            .filter(found -> !found.deactivated())
            .orElseThrow(
                () ->
                    MatrixException.forbidden(
                        "This application service has not registered that user."));
    if (device != null && devices.find(account.number(), device).isEmpty()) {
      throw new MatrixException(ErrorCode.M_UNKNOWN_DEVICE, "That user has no such device.");
    }
    return account;
  }

  /// Refuses a user that a service may not register: `M_EXCLUSIVE`.
  public void checkOwn(Appservice service, UserId user) {
    if (!service.actsFor(user)) {
      throw new MatrixException(
          ErrorCode.M_EXCLUSIVE, "This user name is not in the application service's namespace.");
    }
    services.checkFree(user, service);
  }

  /// Makes the accounts of the services' own users where they are not there yet.
  public void makeSenders(Registrations registrations) {
    for (Appservice service : services.all()) {
      if (accounts.find(service.sender()).isEmpty()) {
        registrations.register(
            new NewAccount(service.sender(), Kind.APPSERVICE, null, false, null));
      }
    }
  }
}
