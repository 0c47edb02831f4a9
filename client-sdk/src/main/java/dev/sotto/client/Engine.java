package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.http.Pace;
import dev.sotto.client.session.Session;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.client.session.SyncListener;
import dev.sotto.client.session.SyncSettings;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.Duration;

/// What a client is made of, wired together.
final class Engine {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final CryptoStore store;
  private final Kept kept;
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
  private final Security security;
  private final Recovery recovery;
  private final Dehydration dehydration;
  private final History history;
  private final Tidings tidings;
  private final Life life;
  private boolean tookUp;

  /// In this run.
  private boolean isAnswered;

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
    this.kept = kept;
    this.session = session;
    this.calls = calls;
    LeftOutDevices leftOut = new LeftOutDevices(handlers);
    this.tidings = new Tidings(machine, handlers, key -> news().readable(key));
    this.encryption = new MachineEncryption(machine, tidings::hear, leftOut::tell);
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
            calls,
            rooms,
            lists,
            encryption,
            currency,
            pump,
            new Transactions(store, random),
            attachments);
    Backups backups = new Backups(machine.backup(), pump, calls, tidings::tell);
    this.history =
        new History(
            machine.history(),
            backups,
            currency,
            outlet,
            downloads,
            pump,
            handlers,
            leftOut,
            tidings::tell);
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
    this.signals = new Signals(handlers, services::room);
    Handover handover = new Handover(inbox, services, encryption, pump, handlers);
    this.deliveries = new Deliveries(handover::deliver, this::settle, PATIENCE);
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
            machine.history()::joined,
            this::fetchHistory,
            self);
    StoredSecrets stored = new StoredSecrets(account, random);
    this.dehydration =
        new Dehydration(
            machine.dehydration(), calls, stored, handlers, random, pace, tidings::tell);
    this.security = new Security(machine, pump, handlers, self, session.device());
    this.recovery =
        new Recovery(
            machine,
            pump,
            handlers,
            security,
            self,
            account,
            stored,
            dehydration,
            new KeyFiles(machine, random, tidings::tell),
            backups);
    kept.keepTogether(inbox::settled);
    this.presences = new Presences(calls, self);
    Following following =
        new Following(
            session,
            kept,
            new NewsAndUpkeep(),
            () ->
                new SyncSettings(
                    hold,
                    SyncFilter.usual(handlers.hearPresence()),
                    SyncFilter.frugal(),
                    presences::own,
                    SyncSettings.usual().backOff()),
            calls,
            handlers,
            pace);
    this.life =
        new Life(
            session,
            following,
            currency,
            signals,
            deliveries,
            handlers,
            this::begin,
            this::putAway);
  }

  Life life() {
    return life;
  }

  private News news() {
    return news;
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
      if (!isAnswered) {
        isAnswered = true;
        // What an earlier run was given and could not fetch any more.
        fetchHistory();
      }
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
                if (!life.isClosed()) {
                  handlers.problem(Problem.Kind.ENCRYPTION, e);
                }
              }
            });
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

  private void settle() {
    try {
      inbox.settle();
    } catch (StoreException e) {
      handlers.problem(Problem.Kind.HANDLER, e);
    }
  }

  private void begin() {
    if (!tookUp) {
      tookUp = true;
      services.rooms().all().forEach(facts -> inbox.load(facts.room()).forEach(deliveries::takeUp));
    }
    isAnswered = false;
    prepare();
  }

  boolean awaitHandlers(Duration most) {
    return deliveries.awaitNothing(most);
  }

  private void putAway() {
    try {
      tidings.close();
      settle();
      session.close();
      calls.close();
      encryption.close();
      // After the last one that could keep something.
      kept.dropWithoutSession();
    } finally {
      store.close();
    }
  }
}
