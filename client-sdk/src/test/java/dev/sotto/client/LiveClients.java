package dev.sotto.client;

import static org.awaitility.Awaitility.await;

import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Clients of two users, who are others in each test.
abstract class LiveClients extends AgainstServer {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  /// Are closed after the test.
  protected final List<MatrixClient> clients = new ArrayList<>();

  protected String ada = "";
  protected String bob = "";

  protected LiveClients(String policy) {
    super(policy);
  }

  @BeforeEach
  void register() {
    int number = COUNTER.incrementAndGet();
    ada = "ada" + number;
    bob = "bob" + number;
    server().register(ada);
    server().register(bob);
  }

  @AfterEach
  void closeClients() {
    clients.forEach(MatrixClient::close);
    clients.clear();
  }

  /// A client of the server with a store of this name.
  protected final ClientBuilder builder(String store) {
    // A passphrase costs half a second at each opening.
    return MatrixClient.at(server().url())
        .storeWithKeyFile(folder.resolve(store + ".db"), folder.resolve(store + ".key"));
  }

  /// A user's one device in this test, which may be opened again.
  protected final MatrixClient client(String user) {
    return login(user, builder(user));
  }

  /// A device of its own on which the same user has logged in.
  protected final MatrixClient another(String user, UnaryOperator<ClientBuilder> with) {
    return login(user, with.apply(builder(user + clients.size())));
  }

  private MatrixClient login(String user, ClientBuilder builder) {
    MatrixClient client = builder.login(user, BuiltServer.PASSWORD);
    clients.add(client);
    return client;
  }

  protected final MatrixClient started(String user) throws InterruptedException {
    MatrixClient client = client(user);
    client.start();
    client.awaitFirstSync();
    return client;
  }

  protected static <E extends RoomEvent> Heard<E> heard(MatrixClient client, Class<E> type) {
    Heard<E> heard = new Heard<>();
    client.on(type, (_, event) -> heard.tell(event));
    return heard;
  }

  /// A room of both.
  protected static Room meet(MatrixClient host, MatrixClient guest) throws InterruptedException {
    Heard<MemberChange> joined = heard(host, MemberChange.class);
    Room room = host.createRoom(NewRoom.named("Kitchen").invite(guest.user()));
    guest.join(room.id().value());
    joined.await(
        change -> change.user().equals(guest.user()) && change.membership() == Membership.JOIN);
    return room;
  }

  /// A message of somebody else when it can be read: its key comes with the news, so it may come
  /// later than the message can be asked for.
  protected static TextMessage readable(Room room, EventId message) {
    return (TextMessage)
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> room.event(message), TextMessage.class::isInstance);
  }

  /// Agrees to all that comes, as two people do who see the same.
  protected static Heard<Verification> agreeing(MatrixClient client) {
    Heard<Verification> heard = new Heard<>();
    Security security = client.security();
    security.onVerification(
        phase -> {
          switch (phase) {
            case Verification.RequestReceived request -> security.accept(request);
            case Verification.Ready ready -> {
              if (phase.peer().user().value().startsWith("@bob")) {
                security.start(ready);
              }
            }
            case Verification.KeysExchanged codes -> security.confirm(codes);
            default -> {}
          }
          heard.tell(phase);
        });
    return heard;
  }
}
