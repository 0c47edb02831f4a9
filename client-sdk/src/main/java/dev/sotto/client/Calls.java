package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.Requests.Download;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.Session;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Requests of the session, which logs in again where the server asks for that and the password is
/// known.
final class Calls implements AutoCloseable {
  private final Session session;
  private final @Nullable SecretText password;
  private final ReentrantLock renewing = new ReentrantLock();
  private volatile long renewals;

  Calls(Session session, @Nullable SecretText password) {
    this.session = session;
    this.password = password;
  }

  ObjectNode send(Request request) {
    return renewing(() -> requests().send(request));
  }

  /// The answer; empty where what is asked for is not there.
  Optional<ObjectNode> find(Request request) {
    try {
      return Optional.of(send(request));
    } catch (MatrixRequestException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  <T> T send(Request request, Function<ObjectNode, T> reader) {
    return renewing(() -> requests().send(request, reader));
  }

  Download download(Request request, OutputStream out) {
    return renewing(() -> requests().download(request, out));
  }

  private Requests requests() {
    return session.requests();
  }

  private interface Call<T> {
    T make();
  }

  private <T> T renewing(Call<T> call) {
    long seen = renewals;
    try {
      return call.make();
    } catch (MatrixRequestException e) {
      if (!renew(e, seen)) {
        throw e;
      }
      return call.make();
    }
  }

  /// How often this has logged in again.
  long renewals() {
    return renewals;
  }

  /// Logs in again on the same device after a soft logout; false if that is not what happened, or
  /// the password is not known.
  ///
  /// @param seen the [#renewals] before the request that failed: where there is one more by now,
  ///   its token is the one to go on with
  boolean renew(MatrixRequestException failure, long seen) {
    SecretText known = password;
    if (!failure.isSoftLogout() || known == null) {
      return false;
    }
    renewing.lock();
    try {
      if (seen == renewals) {
        session.renew(known);
        count();
      }
      return true;
    } finally {
      renewing.unlock();
    }
  }

  /// Only ever called by the one thread that holds the lock.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count() {
    renewals++;
  }

  /// The password, for what the server asks it for once more.
  @Nullable SecretText password() {
    return password;
  }

  /// Forgets the password. Nothing can be sent any more.
  @Override
  public void close() {
    if (password != null) {
      password.close();
    }
  }
}
