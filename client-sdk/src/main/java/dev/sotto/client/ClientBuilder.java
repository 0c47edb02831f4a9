package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.megolm.SharingPolicy;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.NoSessionException;
import dev.sotto.client.error.OtherServerException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.http.Discovery;
import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.Logins;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.session.Session;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.FileStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.store.StoreKey;
import dev.sotto.protocol.id.ServerName;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Connects to a homeserver; see [MatrixClient#at].
///
/// Without [#store] nothing is kept: each start is then a new device, which can read only what is
/// said while it runs.
public final class ClientBuilder {
  private final String homeserver;
  private final SecureRandom random = new SecureRandom();
  private Supplier<CryptoStore> store = MemoryStore::new;
  private String deviceName = "Sotto";
  private @Nullable String program;
  private Duration hold = Duration.ofSeconds(30);
  private SharingPolicy policy = SharingPolicy.SIGNED_DEVICES;
  private @Nullable String recoveryKey;
  private boolean clearAllowed;
  private boolean moved;

  ClientBuilder(String homeserver) {
    this.homeserver = homeserver;
  }

  /// Keeps the session, the keys and all that must survive a restart in this file, which is made
  /// where there is none.
  ///
  /// @param passphrase what it is sealed with; whoever has file and passphrase is this device
  public ClientBuilder store(Path file, String passphrase) {
    store =
        () -> {
          try (StoreKey key = StoreKey.passphrase(passphrase.toCharArray())) {
            return FileStore.open(file, key, random);
          }
        };
    return this;
  }

  /// As [#store], sealed with a key file instead of a passphrase.
  ///
  /// @param keyFile 32 random bytes; made, for its owner only, where there is none
  public ClientBuilder storeWithKeyFile(Path file, Path keyFile) {
    store =
        () -> {
          try (StoreKey key = StoreKey.file(keyFile, random)) {
            return FileStore.open(file, key, random);
          }
        };
    return this;
  }

  /// What the user reads in the list of devices; the server and others may see it as well.
  public ClientBuilder deviceName(String name) {
    this.deviceName = name;
    return this;
  }

  /// What the server sees in its log, such as `my-bot/1.2`.
  public ClientBuilder program(String nameAndVersion) {
    this.program = nameAndVersion;
    return this;
  }

  /// Lets also those devices read our messages that their users have not signed. Whoever runs a
  /// server can then add a device that reads along.
  public ClientBuilder shareWithUnsignedDevices() {
    this.policy = SharingPolicy.ALL_DEVICES;
    return this;
  }

  /// Lets only devices of verified users read our messages.
  public ClientBuilder shareWithVerifiedUsersOnly() {
    this.policy = SharingPolicy.VERIFIED_DEVICES;
    return this;
  }

  /// What a device that is new begins with, so that it is signed and reads earlier messages: see
  /// [Recovery]. It is not needed once the device is signed.
  public ClientBuilder recoveryKey(String key) {
    this.recoveryKey = key;
    return this;
  }

  /// How long the server may hold a request back while there are no news; half a minute unless said
  /// otherwise.
  public ClientBuilder syncTimeout(Duration timeout) {
    this.hold = timeout;
    return this;
  }

  /// Allows an address that begins with `http:` and is not of this very machine: everyone on the
  /// way reads passwords and tokens.
  public ClientBuilder allowClearText() {
    this.clearAllowed = true;
    return this;
  }

  /// Says that the server is reached by another address than before: the session in the store is
  /// carried on at the one given to [MatrixClient#at], which from then on is kept. Whoever answers
  /// there is given the session's tokens.
  public ClientBuilder serverMoved() {
    this.moved = true;
    return this;
  }

  /// Carries the session in the store on; where there is none, logs in on a new device. The
  /// password stays in memory for when the server asks for it again.
  ///
  /// @param user a full id, or the part before the colon
  /// @throws MatrixRequestException if the server refuses, or cannot be reached
  /// @throws StoreException if the store cannot be used
  /// @throws IllegalStateException if the store holds the session of somebody else
  /// @throws OtherServerException if it holds one with a server at another address: see
  ///   [#serverMoved]
  /// @throws IllegalArgumentException if what was given to [MatrixClient#at] is no address, or a
  ///   recovery key was given and is not the right one
  public MatrixClient login(String user, String password) {
    SecretText secret = SecretText.of(password);
    try {
      return connect(
          secret,
          Optional.of(user),
          begin -> begin.logins.withPassword(user, secret, deviceName, begin.kept));
    } catch (RuntimeException e) {
      secret.close();
      throw e;
    }
  }

  /// Carries the session in the store on; where there is none, logs in on a new device with a token
  /// that the server has issued for one login.
  ///
  /// @throws MatrixRequestException if the server refuses, or cannot be reached
  /// @throws StoreException if the store cannot be used
  /// @throws OtherServerException if the store holds a session with a server at another address:
  ///   see [#serverMoved]
  public MatrixClient loginWithToken(String token) {
    return connect(
        null,
        Optional.empty(),
        begin -> {
          try (SecretText secret = SecretText.of(token)) {
            return begin.logins.withToken(secret, deviceName, begin.kept);
          }
        });
  }

  /// Carries the session in the store on. The server is not asked for that, so it need not be
  /// there: [MatrixClient#run] waits for it.
  ///
  /// @throws StoreException if the store cannot be used
  /// @throws NoSessionException if there is no session in it
  /// @throws OtherServerException if it is one with a server at another address: see [#serverMoved]
  /// @throws MatrixRequestException if a recovery key was given, and the server cannot be asked
  public MatrixClient restore() {
    return connect(null, Optional.empty(), null);
  }

  /// What a login works with.
  private record Beginning(Logins logins, Kept kept) {}

  private MatrixClient connect(
      @Nullable SecretText password,
      Optional<String> user,
      @Nullable Function<Beginning, Session> login) {
    HttpSettings settings = HttpSettings.usual(program);
    CryptoStore opened = store.get();
    try {
      Kept kept = new Kept(opened);
      Optional<SavedSession> saved = kept.session();
      user.ifPresent(name -> saved.ifPresent(session -> requireSame(name, session)));
      Session session =
          saved
              .map(known -> Session.restore(atAddress(known, kept, settings), kept, settings))
              .orElseGet(() -> begin(settings, kept, login));
      Machine machine =
          Machine.open(opened, session.user(), session.device(), random, InstantSource.system());
      machine.policy(policy);
      Engine engine =
          new Engine(
              opened,
              kept,
              session,
              new Calls(session, password),
              machine,
              random,
              settings.pace(),
              hold);
      prepare(engine, saved.isEmpty() || password != null);
      return new MatrixClient(engine);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// A device that is signed has all that it needs from the server: what may have changed since is
  /// asked for when it follows the news, or sends something. So a restart does not wait for a
  /// server that is not there.
  ///
  /// @param asks whether the device is new, or can sign itself
  private void prepare(Engine engine, boolean asks) {
    try {
      if (engine.security().isDeviceSigned()) {
        return;
      }
      if (asks || recoveryKey != null) {
        engine.prepare();
      }
      if (recoveryKey != null && !engine.security().isDeviceSigned()) {
        engine.recovery().recover(recoveryKey);
      }
    } catch (RuntimeException e) {
      engine.life().close();
      throw e;
    }
  }

  /// The kept session, with the server where it was said to be. A name says nothing of that: the
  /// address that was found by it is kept.
  private SavedSession atAddress(SavedSession saved, Kept kept, HttpSettings settings) {
    if (!moved && !homeserver.contains("://")) {
      return saved;
    }
    ServerAddress given = address(settings);
    if (given.url().equals(saved.server().url())) {
      return saved;
    }
    if (!moved) {
      throw new OtherServerException(saved.server().toString(), given.toString());
    }
    SavedSession there = saved.at(given);
    kept.keep(there);
    return there;
  }

  private Session begin(
      HttpSettings settings, Kept kept, @Nullable Function<Beginning, Session> login) {
    if (login == null) {
      throw new NoSessionException();
    }
    try (Logins logins = new Logins(address(settings), settings)) {
      // Before there is a new device, which could not be used with the keys of the one before.
      kept.dropWithoutSession();
      return login.apply(new Beginning(logins, kept));
    }
  }

  private static void requireSame(String user, SavedSession saved) {
    String kept = user.startsWith("@") ? saved.user().value() : saved.user().localpart();
    if (!kept.equals(user)) {
      throw new IllegalStateException("The store holds the session of " + saved.user() + ".");
    }
  }

  private ServerAddress address(HttpSettings settings) {
    if (homeserver.contains("://")) {
      return clearAllowed ? ServerAddress.inTheClear(homeserver) : ServerAddress.of(homeserver);
    }
    try (Discovery discovery = new Discovery(settings)) {
      return discovery.find(Ids.given(homeserver, ServerName::new));
    }
  }
}
