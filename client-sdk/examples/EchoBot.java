import dev.sotto.client.Draft;
import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.event.TextMessage;
import java.nio.file.Path;

/// Says again what is said to it, in every room that it is invited to.
void main(String[] arguments) throws Exception {
  var server = arguments[0];
  var user = arguments[1];
  var password = System.getenv("BOT_PASSWORD");
  try (var client =
      MatrixClient.at(server)
          .storeWithKeyFile(Path.of(user + ".db"), Path.of(user + ".db.key"))
          .login(user, password)) {
    client.onInvitation(Invitation::accept);
    client.onMessage(
        (room, message) -> {
          // Programs speak in notices. Two that answered each other's would never end.
          if (message instanceof TextMessage text && text.kind() != TextMessage.Kind.NOTICE) {
            room.send(Draft.notice(text.text()).replyTo(text));
          }
        });
    IO.println(client + " is there.");
    client.run();
  }
}
