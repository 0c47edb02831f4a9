package dev.sotto.spec.crash;

import static dev.sotto.spec.harness.Http.path;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// One device sends numbered messages to another, which reads all of them in the end.
final class DeviceMessages implements Deed {
  private final User sender;
  private final User receiver;
  private int acknowledged;

  DeviceMessages(User sender, User receiver) {
    this.sender = sender;
    this.receiver = receiver;
  }

  @Override
  public void next() {
    sender
        .put(
            path("/v3/sendToDevice/m.dummy/n{}", acknowledged),
            """
            {"messages": {"%s": {"%s": {"number": %d}}}}
            """
                .formatted(receiver.id(), receiver.deviceId(), acknowledged))
        .then()
        .statusCode(200);
    acknowledged++;
  }

  @Override
  public void verify() {
    List<Integer> received = new ArrayList<>();
    JsonPath sync = receiver.sync();
    for (List<Integer> batch = numbers(sync); !batch.isEmpty(); batch = numbers(sync)) {
      received.addAll(batch);
      sync = receiver.sync(sync.getString("next_batch"));
    }
    // One more may have been stored when the server died, before its answer was heard.
    int most = Math.max(acknowledged, Math.min(received.size(), acknowledged + 1));
    assertEquals(IntStream.range(0, most).boxed().toList(), received);
  }

  private static List<Integer> numbers(JsonPath sync) {
    List<Integer> numbers = sync.getList("to_device.events.content.number");
    return numbers == null ? List.of() : numbers;
  }
}
