package dev.sotto.client;

import dev.sotto.client.http.Request;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What the server keeps for all devices of the account, as it has it now.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#client-config
final class AccountData {
  private static final String PATH = "/_matrix/client/v3/user/{}/account_data/{}";

  private final Calls calls;
  private final UserId self;

  AccountData(Calls calls, UserId self) {
    this.calls = calls;
    this.self = self;
  }

  /// What is kept under this type; empty if nothing is.
  Optional<ObjectNode> get(String type) {
    return calls.find(Request.get(PATH, self.value(), type));
  }

  void put(String type, ObjectNode content) {
    calls.send(Request.put(PATH, self.value(), type).json(content).repeatable());
  }
}
