package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.CapabilitiesEndpoints;
import dev.sotto.homeserver.api.client.PasswordAttempts;
import dev.sotto.homeserver.api.client.SyncEndpoints;
import dev.sotto.homeserver.api.client.TokenAuthenticator;
import dev.sotto.homeserver.api.client.UserInteractiveAuth;
import dev.sotto.homeserver.api.client.VersionsEndpoints;
import dev.sotto.homeserver.api.client.WellknownEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.app.settings.Settings.EncryptionPolicy;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.directory.Directory;
import dev.sotto.homeserver.http.Authenticator;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Dispatcher;
import dev.sotto.homeserver.http.HttpServer;
import dev.sotto.homeserver.http.Proxies;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.http.Router;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.logins.AppserviceAccounts;
import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.media.Media;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.profiles.Profiles;
import dev.sotto.homeserver.reports.Reports;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.RoomCreation;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.RoomUpgrades;
import dev.sotto.homeserver.sync.Sync;
import dev.sotto.homeserver.tokens.Token;
import dev.sotto.homeserver.uia.InteractiveAuth;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.rules.RoomVersions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One running server: every part, made and joined here by constructor.
public final class Homeserver implements AutoCloseable {
  private final Database database;
  private final Journal journal;
  private final AccountServices accounts;
  private final Optional<Token> firstToken;
  private final UserState userState;
  private final List<Route> routes;
  private final Media media;
  private final HttpServer http;

  public Homeserver(Settings settings) {
    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    database = Database.inFolder(settings.server().data());
    journal = new Journal(database);

    ServerName server = settings.server().name();
    Users users = new Users(database, journal);
    Appservices registered = AppserviceFiles.read(settings.appserviceRegistrationFiles(), server);
    RateLimits rates =
        new RateLimits(limits(settings.limits()), clock, caller -> isUnlimited(registered, caller));
    Gate gate =
        new Gate(
            policy(settings),
            server,
            settings.encryption().allowedStateTypes(),
            settings.encryption().maxPlainImageBytes());
    accounts = AccountServices.of(settings, database, journal, users, gate, random, clock);

    Profiles profiles = new Profiles(database, journal, users);
    RoomServices rooms =
        RoomServices.over(
            database,
            journal,
            users,
            server,
            random,
            clock,
            new RoomUserFacts(accounts.accounts(), registered, this::userState));
    Directory publication = new Directory(database, rooms.rooms(), users, registered, clock);
    RoomCreation creation =
        new RoomCreation(
            rooms,
            gate,
            profiles,
            publication,
            server,
            RoomVersions.of(settings.rooms().defaultVersion()).orElseThrow(),
            random,
            clock);
    MembershipChanges changes =
        new MembershipChanges(rooms, users, journal, gate, profiles, server);
    RoomUpgrades upgrades = new RoomUpgrades(rooms, creation, publication, changes, gate);
    EventSending sending = new EventSending(rooms, changes, gate, publication);

    PasswordAttempts passwordAttempts = new PasswordAttempts(rates);
    UserInteractiveAuth auth =
        new UserInteractiveAuth(
            new InteractiveAuth(accounts.accounts(), accounts.registrationTokens(), random, clock),
            rates,
            passwordAttempts,
            server);
    EndToEnd endToEnd =
        EndToEnd.over(
            database, journal, users, accounts.devices(), rooms.memberships(), gate, clock);
    AppserviceAccounts appservices =
        new AppserviceAccounts(registered, accounts.accounts(), accounts.devices());
    userState = UserState.over(database, journal, users, rooms, settings, clock);
    List<Deactivations.Listener> departures = new ArrayList<>(endToEnd.deactivationListeners());
    departures.add(new RoomDepartures(rooms, changes));
    departures.add((user, erase) -> profiles.erase(user));
    departures.add((user, erase) -> userState.forget(user));
    List<DeviceListener> deviceListeners = new ArrayList<>(endToEnd.deviceListeners());
    deviceListeners.add(userState.pushers());
    DeviceChanges deviceChanges =
        new DeviceChanges(journal, accounts.devices(), accounts.tokens(), deviceListeners);
    AccountRoutes accountRoutes =
        new AccountRoutes(
            settings,
            journal,
            users,
            accounts,
            deviceChanges,
            auth,
            appservices,
            rates,
            passwordAttempts,
            random,
            departures,
            endToEnd.reservedDeviceIds());
    firstToken = accounts.makeFirstToken(settings.registration().mode());

    Authenticator authenticator =
        new TokenAuthenticator(
            accounts.tokens(), accounts.accounts(), accounts.devices(), appservices);

    media =
        new Media(
            database,
            journal,
            users,
            settings.server().data().resolve("media"),
            server,
            gate,
            clock,
            random,
            settings.media().maxMebibytesPerUser() * 1024L * 1024L);

    Sync sync = userState.sync(journal, users, rooms, endToEnd.keys(), endToEnd.toDevice(), clock);

    Router router = new Router();
    router.add(
        new VersionsEndpoints(settings.encryption().policy() == EncryptionPolicy.REQUIRED)
            .routes());
    router.add(userState.routes());
    router.add(
        RoomRoutes.of(
            rooms,
            journal,
            rates,
            registered,
            creation,
            changes,
            sending,
            upgrades,
            publication,
            userState.presence()));
    router.add(accountRoutes.routes());
    router.add(endToEnd.routes(auth, sync.sharing(), server));
    router.add(
        endToEnd.dehydratedDeviceRoutes(
            database, journal, users, accounts.devices(), deviceChanges));
    router.add(new SyncEndpoints(sync, userState.filters()).routes());
    router.add(
        new CapabilitiesEndpoints(RoomVersions.of(settings.rooms().defaultVersion()).orElseThrow())
            .routes());
    router.add(
        new WellknownEndpoints(
                settings.server().publicUrl(),
                settings.encryption().policy() == EncryptionPolicy.REQUIRED)
            .routes());
    router.add(MediaRoutes.of(settings, media));
    router.add(
        DirectoryRoutes.of(
            rooms,
            publication,
            profiles,
            changes,
            sending,
            accounts.accounts(),
            journal,
            users,
            server,
            clock));
    router.add(ServerRoutes.of(settings, clock));
    router.add(
        ReportRoutes.of(
            new Reports(database, journal, users, gate, clock), rooms, accounts.accounts()));
    routes = router.routes();
    http =
        new HttpServer(
            settings.server().listen(),
            settings.server().port(),
            new Proxies(Set.copyOf(settings.server().trustedProxies())),
            new Dispatcher(router, authenticator, rates));
  }

  private static dev.sotto.homeserver.blindness.EncryptionPolicy policy(Settings settings) {
    return switch (settings.encryption().policy()) {
      case REQUIRED -> dev.sotto.homeserver.blindness.EncryptionPolicy.REQUIRED;
      case OPTIONAL -> dev.sotto.homeserver.blindness.EncryptionPolicy.OPTIONAL;
    };
  }

  private static Map<Rate, RateLimits.Limit> limits(Settings.Limits limits) {
    if (!limits.enabled()) {
      return Map.of();
    }
    return Map.ofEntries(
        Map.entry(Rate.LOGIN, limit(limits.login())),
        Map.entry(Rate.REGISTRATION, limit(limits.registration())),
        Map.entry(Rate.MESSAGE, limit(limits.messages())),
        Map.entry(Rate.JOIN, limit(limits.joins())),
        Map.entry(Rate.INVITE, limit(limits.invites())),
        Map.entry(Rate.MEMBERSHIP, limit(limits.memberships())),
        Map.entry(Rate.MEDIA, limit(limits.media())),
        Map.entry(Rate.TO_DEVICE, limit(limits.toDevice())),
        Map.entry(Rate.BACKUP, limit(limits.backups())),
        Map.entry(Rate.PROFILE, limit(limits.profiles())),
        Map.entry(Rate.CHANGE, limit(limits.changes())),
        Map.entry(Rate.SEARCH, limit(limits.searches())),
        Map.entry(Rate.ACTIVITY, limit(limits.activities())));
  }

  private static boolean isUnlimited(Appservices registered, Caller caller) {
    String service = caller.appservice();
    return service != null
        && registered.byId(service).filter(one -> !one.isLimited(caller.user())).isPresent();
  }

  private static RateLimits.Limit limit(Settings.Rate rate) {
    return new RateLimits.Limit(rate.perSecond(), rate.burst());
  }

  private UserState userState() {
    return userState;
  }

  /// Every route that it answers.
  List<Route> routes() {
    return routes;
  }

  /// The registration token for this server's first account; empty once there is one, or where
  /// accounts are not made by token. It is made anew at each start and cannot be seen again.
  Optional<Token> firstToken() {
    return firstToken;
  }

  /// The port that it listens on.
  public int port() {
    return http.port();
  }

  @Override
  public void close() {
    http.close();
    media.close();
    accounts.close();
    userState.close();
    journal.close();
    database.close();
  }
}
