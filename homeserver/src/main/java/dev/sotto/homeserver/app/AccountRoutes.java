package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.admin.RegistrationTokenEndpoints;
import dev.sotto.homeserver.api.admin.SharedSecretRegistrationEndpoints;
import dev.sotto.homeserver.api.client.AccountDeactivationEndpoints;
import dev.sotto.homeserver.api.client.AdminEndpoints;
import dev.sotto.homeserver.api.client.AdministrativeContactEndpoints;
import dev.sotto.homeserver.api.client.DeviceManagementEndpoints;
import dev.sotto.homeserver.api.client.LoginEndpoints;
import dev.sotto.homeserver.api.client.LoginTokenEndpoints;
import dev.sotto.homeserver.api.client.LogoutEndpoints;
import dev.sotto.homeserver.api.client.OpenidEndpoints;
import dev.sotto.homeserver.api.client.PasswordAttempts;
import dev.sotto.homeserver.api.client.PasswordManagementEndpoints;
import dev.sotto.homeserver.api.client.RefreshEndpoints;
import dev.sotto.homeserver.api.client.RegistrationEndpoints;
import dev.sotto.homeserver.api.client.RegistrationTokensEndpoints;
import dev.sotto.homeserver.api.client.UserInteractiveAuth;
import dev.sotto.homeserver.api.client.WhoamiEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.logins.AppserviceAccounts;
import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.logins.Logins;
import dev.sotto.homeserver.logins.Registrations;
import dev.sotto.homeserver.logins.ReservedDeviceIds;
import dev.sotto.homeserver.logins.SharedSecretProofs;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.id.ServerName;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The endpoints by which accounts, sessions and devices come and go, with the services for it.
final class AccountRoutes {
  private final List<Route> routes;

  /// @param deactivationListeners what an account that ends must be taken out of
  AccountRoutes(
      Settings settings,
      Journal journal,
      Users users,
      AccountServices services,
      DeviceChanges deviceChanges,
      UserInteractiveAuth auth,
      AppserviceAccounts appservices,
      RateLimits rates,
      PasswordAttempts passwordAttempts,
      SecureRandom random,
      List<Deactivations.Listener> deactivationListeners,
      ReservedDeviceIds reserved) {
    ServerName server = settings.server().name();
    Logins logins =
        new Logins(
            journal,
            users,
            services.accounts(),
            services.passwords(),
            services.devices(),
            deviceChanges,
            services.tokens(),
            services.briefTokens(),
            reserved);
    Registrations registrations =
        new Registrations(
            server,
            journal,
            users,
            services.accounts(),
            services.passwords(),
            services.registrationTokens(),
            appservices.services(),
            logins,
            random);
    Deactivations deactivations =
        new Deactivations(
            journal,
            services.accounts(),
            deviceChanges,
            services.briefTokens(),
            deactivationListeners);
    deactivations.resume();
    appservices.makeSenders(registrations);
    Set<Stage> stages = stages(settings.registration().mode());
    routes =
        Stream.of(
                new LoginEndpoints(logins, appservices, passwordAttempts, server).routes(),
                new LoginTokenEndpoints(users, services.briefTokens(), auth).routes(),
                new RefreshEndpoints(services.tokens()).routes(),
                new LogoutEndpoints(logins).routes(),
                new WhoamiEndpoints().routes(),
                new RegistrationEndpoints(
                        registrations,
                        services.passwords(),
                        auth,
                        appservices,
                        rates,
                        stages,
                        settings.registration().guests())
                    .routes(),
                new RegistrationTokensEndpoints(services.registrationTokens(), stages.isEmpty())
                    .routes(),
                new PasswordManagementEndpoints(logins, services.passwords(), auth).routes(),
                new AccountDeactivationEndpoints(deactivations, auth).routes(),
                new AdministrativeContactEndpoints().routes(),
                new DeviceManagementEndpoints(users, services.devices(), deviceChanges, auth)
                    .routes(),
                new AdminEndpoints(services.accounts(), services.devices()).routes(),
                new OpenidEndpoints(users, services.briefTokens(), server).routes(),
                new RegistrationTokenEndpoints(services.registrationTokens()).routes(),
                sharedSecretRegistration(settings, registrations, services, random))
            .flatMap(List::stream)
            .toList();
  }

  private static List<Route> sharedSecretRegistration(
      Settings settings,
      Registrations registrations,
      AccountServices services,
      SecureRandom random) {
    return settings
        .registration()
        .sharedSecret()
        .map(secret -> new SharedSecretProofs(secret.reveal(), random))
        .map(
            proofs ->
                new SharedSecretRegistrationEndpoints(proofs, registrations, services.passwords())
                    .routes())
        .orElse(List.of());
  }

  private static Set<Stage> stages(Settings.RegistrationMode mode) {
    return switch (mode) {
      case OPEN -> Set.of(Stage.DUMMY);
      case TOKEN -> Set.of(Stage.REGISTRATION_TOKEN);
      case CLOSED -> Set.of();
    };
  }

  List<Route> routes() {
    return routes;
  }
}
