import dev.sotto.client.CommandCall;
import dev.sotto.client.Draft;
import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Reminds people: `!remind 10 the tea`. What it was asked for it forgets when it ends.
void main(String[] arguments) throws Exception {
  var server = arguments[0];
  var user = arguments[1];
  var password = System.getenv("BOT_PASSWORD");
  try (var clock = Executors.newSingleThreadScheduledExecutor();
      var client =
          MatrixClient.at(server)
              .storeWithKeyFile(Path.of(user + ".db"), Path.of(user + ".db.key"))
              .login(user, password)) {
    client.onInvitation(Invitation::accept);
    client
        .commands("!")
        .on(
            "remind",
            "remind <minutes> <text>",
            call -> {
              var minutes = call.integer();
              var text = call.rest();
              clock.schedule(() -> remind(call, text), minutes, TimeUnit.MINUTES);
              call.reply("I will, in " + minutes + " min.");
            });
    IO.println(client + " is there.");
    try {
      client.run();
    } finally {
      // Else a program whose session is over would wait for the last reminder before it ends.
      clock.shutdownNow();
    }
  }
}

void remind(CommandCall call, String text) {
  try {
    call.room().send(Draft.text(call.sender() + ": " + text).replyTo(call.message()));
  } catch (RuntimeException e) {
    IO.println("Could not remind " + call.sender() + ": " + e.getMessage());
  }
}
