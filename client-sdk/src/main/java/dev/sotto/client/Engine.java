package dev.sotto.client;

import dev.sotto.client.Inbox.Item;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.MachineNews;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.OtherMessage;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.http.Pace;
import dev.sotto.client.session.Session;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.client.session.SyncListener;
import dev.sotto.client.session.SyncSettings;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// What a client is made of, wired together, and its life from start to close.
final class Engine {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final CryptoStore store;
  private final Machine machine;
  private final Session session;
  private final Calls calls;
  private final Encryption encryption;
  private final Inbox inbox;
  private final Handlers handlers = new Handlers();
  private final Services services;
  private final Signals signals;
  private final Deliveries deliveries;
  private final News news;
  private final Currency currency;
  private final Pump pump;
  private final Presences presences;
  private final Following following;
  private final Security security;
  private final Recovery recovery;
  private final Dehydration dehydration;
  private final History history;
  private final ExecutorService asides =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("sotto news").factory());
  private final Object lock = new Object();
  private @Nullable Thread background;
  private @Nullable Thread runner;
  private @Nullable RuntimeException end;
  private boolean running;
  private boolean tookUp;
  private boolean leaving;
  private boolean closed;
  private final CountDownLatch ended = new CountDownLatch(1);

  Engine(
      CryptoStore store,
      Kept kept,
      Session session,
      Calls calls,
      Machine machine,
      SecureRandom random,
      Pace pace,
      Duration hold) {
    this.store = store;
    this.machine = machine;
    this.session = session;
    this.calls = calls;
    LeftOutDevices leftOut = new LeftOutDevices(handlers);
    this.encryption = new MachineEncryption(machine, this::told, leftOut::tell);
    KnownRooms rooms = new KnownRooms(store, new Members(store));
    MemberLists lists = new MemberLists(calls, rooms);
    this.currency =
        new Currency(
            pace::now,
            PATIENCE,
            () -> {
              rooms.outdateMembers();
              encryption.missedSome();
            });
    Attachments attachments = new Attachments(random);
    UserId self = session.user();
    AccountData account = new AccountData(calls, self);
    this.pump =
        new Pump(
            calls,
            encryption,
            handlers,
            self.value(),
            message ->
                outlet()
                    .sendForEncryption(
                        message.room(), message.eventType(), message.body(), message.id()));
    Downloads downloads = new Downloads(calls, attachments);
    Outlet outlet =
        new Outlet(
            calls, rooms, lists, encryption, currency, pump, new Transactions(random), attachments);
    this.history =
        new History(machine.history(), outlet, downloads, pump, handlers, leftOut, this::tellNews);
    this.services =
        new Services(
            self,
            calls,
            outlet,
            rooms,
            lists,
            new Direct(account, kept, store, rooms),
            new MessageReader(encryption, pump),
            downloads,
            history,
            new Invites(self, calls, outlet, history, handlers));
    this.inbox = new Inbox(store);
    this.signals = new Signals(handlers, this::room);
    this.deliveries = new Deliveries(this::deliver, this::settle, PATIENCE);
    this.news =
        new News(
            kept,
            rooms,
            inbox,
            deliveries,
            new Gaps(calls, handlers),
            encryption,
            currency,
            pump,
            handlers,
            signals,
            this::fetchHistory,
            self);
    this.dehydration = new Dehydration(machine.dehydration(), calls, pace, this::tellNews);
    this.security = new Security(machine, pump, handlers, self, session.device());
    this.recovery =
        new Recovery(
            machine,
            pump,
            calls,
            account,
            handlers,
            security,
            dehydration,
            random,
            self,
            this::tellNews);
    kept.keepTogether(inbox::settled);
    this.presences = new Presences(calls, self);
    this.following =
        new Following(
            session, kept, new NewsAndUpkeep(), () -> settings(hold), calls, handlers, pace);
  }

  private SyncSettings settings(Duration hold) {
    return new SyncSettings(
        hold,
        filter(50, handlers.hearPresence(), ""),
        // The rest of what was said is fetched as that of a long absence is.
        filter(1, false, "\"ephemeral\":{\"not_types\":[\"*\"]},"),
        presences::own,
        SyncSettings.usual().backOff());
  }

  /// Members come when they say something; nobody's presence is asked for unless somebody hears of
  /// it. Of the state only what is kept here: who makes a room can fill it with any amount of other
  /// state.
  private static String filter(int events, boolean presence, String further) {
    return """
        {%s"room":{%s"state":{"lazy_load_members":true,"types":["%s"]},\
        "timeline":{"limit":%d,"lazy_load_members":true}}}"""
        .formatted(
            presence ? "" : "\"presence\":{\"not_types\":[\"*\"]},",
            further,
            String.join("\",\"", RoomFacts.STATE),
            events);
  }

  Recovery recovery() {
    return recovery;
  }

  Presences presences() {
    return presences;
  }

  Security security() {
    return security;
  }

  private void tellNews() {
    machine.news().forEach(this::told);
  }

  /// Hears what has happened in the machine. Called by whichever thread has brought it about.
  private void told(MachineNews heard) {
    switch (heard) {
      case MachineNews.KeysArrived keys -> news.readable(keys.session());
      case MachineNews.VerificationChanged changed ->
          aside(() -> handlers.verification(changed.verification()));
      case MachineNews.IdentityChanged changed ->
          aside(() -> handlers.identityChange(changed.change()));
      case MachineNews.DeviceKeysChanged changed ->
          handlers.problem(
              Problem.Kind.ENCRYPTION,
              new IllegalStateException(
                  "The server shows other keys for a device of " + changed.shown().user() + "."));
      case MachineNews.MessageLost _, MachineNews.Message _ -> {}
    }
  }

  private void fetchHistory() {
    apart("sotto history", history::fetch);
  }

  private void renewDehydratedDevice() {
    if (dehydration.isDue()) {
      apart("sotto dehydration", dehydration::renew);
    }
  }

  /// Takes the news, and then does what is due from time to time.
  private final class NewsAndUpkeep implements SyncListener {
    @Override
    public void onAnswer(SyncAnswer answer) {
      news.onAnswer(answer);
      renewDehydratedDevice();
    }

    @Override
    public void onTrouble(MatrixRequestException failure, Duration wait) {
      news.onTrouble(failure, wait);
    }
  }

  /// On a thread of its own: the news go on while it waits for the server.
  private void apart(String name, Runnable work) {
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                if (!isClosed()) {
                  handlers.problem(Problem.Kind.ENCRYPTION, e);
                }
              }
            });
  }

  /// Calls handlers that belong to no room, one after the other.
  private void aside(Runnable call) {
    try {
      asides.execute(call);
    } catch (RejectedExecutionException _) {
      // The client is being closed.
    }
  }

  /// Makes this device known, and where there is no identity yet makes one. Where the server does
  /// not answer that is made up for later.
  void prepare() {
    boolean isReached = pump.flush().filter(Engine::isUnreachable).isEmpty();
    if (isReached && calls.password() != null && !security.isDeviceSigned()) {
      security.setUpIdentity();
    }
  }

  private static boolean isUnreachable(RuntimeException failure) {
    return failure instanceof MatrixRequestException request
        && request.kind() == MatrixRequestException.Kind.UNREACHABLE;
  }

  private Outlet outlet() {
    return services.outlet();
  }

  Services services() {
    return services;
  }

  Handlers handlers() {
    return handlers;
  }

  DeviceId device() {
    return session.device();
  }

  Room room(RoomId id) {
    return new Room(services, id);
  }

  Invitation invitation(RoomId id) {
    return new Invitation(room(id), services.rooms().facts(id).inviter());
  }

  /// Hands an item to its handlers. Throws nothing.
  private void deliver(Item item) {
    try {
      switch (item.kind()) {
        case INVITE -> {
          if (services.rooms().facts(item.room()).membership() == Membership.INVITE) {
            handlers.invitation(invitation(item.room()));
          }
          inbox.handled(item);
        }
        case EVENT, WAITING -> deliverEvent(item);
      }
    } catch (RuntimeException e) {
      // Ours, not a handler's. The item stays in the store for the next start.
      handlers.problem(Problem.Kind.HANDLER, item.room(), e);
    }
  }

  private void deliverEvent(Item item) {
    Optional<Envelope> envelope = Envelope.of(item.room(), item.json());
    if (envelope.isEmpty()) {
      inbox.handled(item);
      return;
    }
    Optional<RoomEvent> read = read(item, envelope.get());
    if (read.isEmpty()) {
      return;
    }
    RoomEvent event = read.get();
    boolean waits = mayBecomeReadable(event);
    boolean isFirstTry = item.kind() != Inbox.Kind.WAITING;
    if (isFirstTry || !waits) {
      if (isOfVerification(event)) {
        encryption.receiveDecrypted(event.envelope());
        pump.flush();
      }
      handlers.event(room(item.room()), event);
    }
    if (!waits) {
      inbox.handled(item);
    }
  }

  /// What an item says. Where its key is missing it waits from now on, before anybody is told: else
  /// a key that comes meanwhile would awaken nobody. Empty if one has awakened it just now, which
  /// has queued it anew.
  private Optional<RoomEvent> read(Item item, Envelope envelope) {
    RoomEvent first = services.reader().read(envelope);
    if (!mayBecomeReadable(first)) {
      return Optional.of(first);
    }
    inbox.postpone(item);
    RoomEvent second = encryption.decrypt(envelope);
    if (mayBecomeReadable(second)) {
      return Optional.of(second);
    }
    return inbox.withdraw(item) ? Optional.of(second) : Optional.empty();
  }

  private static boolean mayBecomeReadable(RoomEvent event) {
    return event instanceof Undecryptable hidden && hidden.mayBecomeReadable();
  }

  private static boolean isOfVerification(RoomEvent event) {
    String kind = event instanceof OtherMessage message ? message.kind() : event.envelope().type();
    return kind.startsWith("m.key.verification.");
  }

  private void settle() {
    try {
      inbox.settle();
    } catch (StoreException e) {
      handlers.problem(Problem.Kind.HANDLER, e);
    }
  }

  void start() {
    synchronized (lock) {
      if (background == null && !running) {
        background = Thread.ofVirtual().name("sotto sync").start(this::runToEnd);
      }
    }
  }

  private void runToEnd() {
    try {
      run();
    } catch (RuntimeException e) {
      handlers.problem(Problem.Kind.SERVER, e);
    }
  }

  void run() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("This client has been closed.");
      }
      if (running) {
        throw new IllegalStateException("This client follows the news already.");
      }
      running = true;
      runner = Thread.currentThread();
    }
    currency.begin();
    try {
      takeUpWhatWasLeft();
      prepare();
      following.run();
    } catch (RuntimeException e) {
      synchronized (lock) {
        if (leaving) {
          // That the server does not know the session any more is what was asked for.
          return;
        }
        end = e;
      }
      throw e;
    } finally {
      currency.end();
      synchronized (lock) {
        running = false;
        runner = null;
        lock.notifyAll();
      }
      signals.over();
    }
  }

  private void takeUpWhatWasLeft() {
    if (!tookUp) {
      tookUp = true;
      services.rooms().all().forEach(facts -> inbox.load(facts.room()).forEach(deliveries::takeUp));
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  void awaitFirstSync() throws InterruptedException {
    boolean caughtUp =
        signals.awaitCaughtUp(
            () -> {
              synchronized (lock) {
                return closed || end != null;
              }
            });
    synchronized (lock) {
      if (!caughtUp && end != null) {
        throw end;
      }
    }
  }

  boolean awaitHandlers(Duration most) {
    return deliveries.awaitNothing(most);
  }

  /// Stops, and waits until all is put away. A handler's own thread does not wait: the rest is done
  /// when the handler has returned.
  void close() {
    boolean first;
    synchronized (lock) {
      first = !closed;
      closed = true;
    }
    if (first) {
      following.stop();
      signals.over();
      Thread.ofVirtual().name("sotto close").start(this::putAway);
    }
    if (!deliveries.isOwnThread() && !isOwnThread()) {
      awaitEnd();
    }
  }

  private boolean isOwnThread() {
    synchronized (lock) {
      return Thread.currentThread().equals(runner);
    }
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void putAway() {
    try {
      awaitEndOfLoop();
      deliveries.close(GRACE);
      asides.shutdownNow();
      settle();
      session.close();
      encryption.close();
    } finally {
      store.close();
      ended.countDown();
    }
  }

  private void awaitEndOfLoop() {
    long until = System.nanoTime() + GRACE.toNanos();
    synchronized (lock) {
      try {
        long left = until - System.nanoTime();
        while (running && left > 0) {
          lock.wait(Math.max(1, left / 1_000_000));
          left = until - System.nanoTime();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void logout() {
    leaving(true);
    try {
      session.logout();
    } catch (RuntimeException e) {
      leaving(false);
      throw e;
    }
    close();
  }

  private void leaving(boolean now) {
    synchronized (lock) {
      leaving = now;
    }
  }
}
