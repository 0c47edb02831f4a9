package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.LoginEndpoints;
import dev.sotto.homeserver.api.client.RegistrationEndpoints;
import dev.sotto.homeserver.api.client.UserInteractiveAuth;
import dev.sotto.homeserver.api.client.WhoamiEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.logins.Logins;
import dev.sotto.homeserver.logins.Registrations;
import dev.sotto.homeserver.logins.ReservedDeviceIds;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.id.ServerName;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The endpoints by which accounts, sessions and devices come and go, with the services for it.
final class AccountRoutes {
  private final DeviceChanges deviceChanges;
  private final Logins logins;
  private final Registrations registrations;
  private final Deactivations deactivations;
  private final List<Route> routes = new ArrayList<>();

  /// @param deviceListeners what hangs on devices
  /// @param deactivationListeners what an account that ends must be taken out of
  AccountRoutes(
      Settings settings,
      Journal journal,
      Users users,
      AccountServices services,
      UserInteractiveAuth auth,
      RateLimits rates,
      SecureRandom random,
      List<DeviceListener> deviceListeners,
      List<Deactivations.Listener> deactivationListeners,
      ReservedDeviceIds reserved) {
    ServerName server = settings.server().name();
    deviceChanges = new DeviceChanges(journal, services.tokens(), deviceListeners);
    logins =
        new Logins(
            journal,
            services.accounts(),
            services.passwords(),
            services.devices(),
            deviceChanges,
            services.tokens(),
            services.briefTokens(),
            reserved);
    registrations =
        new Registrations(
            server,
            journal,
            users,
            services.accounts(),
            services.passwords(),
            services.registrationTokens(),
            logins,
            random);
    deactivations =
        new Deactivations(
            journal,
            services.accounts(),
            deviceChanges,
            services.briefTokens(),
            deactivationListeners);
    deactivations.resume();
    routes.addAll(new LoginEndpoints(logins, rates, server).routes());
    routes.addAll(new WhoamiEndpoints().routes());
    routes.addAll(
        new RegistrationEndpoints(
                registrations,
                services.passwords(),
                auth,
                rates,
                stages(settings.registration().mode()),
                settings.registration().guests())
            .routes());
  }

  private static Set<Stage> stages(Settings.RegistrationMode mode) {
    return switch (mode) {
      case OPEN -> Set.of(Stage.DUMMY);
      case TOKEN -> Set.of(Stage.REGISTRATION_TOKEN);
      case CLOSED -> Set.of();
    };
  }

  List<Route> routes() {
    return List.copyOf(routes);
  }
}
