import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import java.nio.file.Path;

/// Says again what is said to it, in every room that it is invited to.
void main(String[] arguments) throws Exception {
  var server = arguments[0];
  var user = arguments[1];
  var password = System.getenv("BOT_PASSWORD");
  try (var client =
      MatrixClient.at(server).store(Path.of(user + ".db"), password).login(user, password)) {
    client.onInvitation(Invitation::accept);
    client.onMessage((room, message) -> room.reply(message, message.text()));
    IO.println(client + " is there.");
    client.run();
  }
}
