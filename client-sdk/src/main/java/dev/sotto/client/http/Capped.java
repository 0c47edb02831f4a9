package dev.sotto.client.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/// Gives a body on until it exceeds a limit; then the connection is dropped.
final class Capped implements BodySubscriber<byte[]> {
  /// The body is longer than allowed.
  static final class ExceededException extends IOException {
    ExceededException(long limitBytes) {
      super("The answer is longer than " + limitBytes + " bytes.");
    }
  }

  private final BodySubscriber<byte[]> target;
  private final long limitBytes;
  private long seenBytes;
  private boolean refused;
  private @Nullable Subscription subscription;

  Capped(BodySubscriber<byte[]> target, long limitBytes) {
    this.target = target;
    this.limitBytes = limitBytes;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    target.onSubscribe(given);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (refused) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      seenBytes += buffer.remaining();
    }
    if (seenBytes > limitBytes) {
      refuse(new ExceededException(limitBytes));
      return;
    }
    try {
      target.onNext(buffers);
    } catch (RuntimeException e) {
      // The reader's own stream is full or closed.
      refuse(e);
    }
  }

  private void refuse(Exception why) {
    refused = true;
    if (subscription != null) {
      subscription.cancel();
    }
    target.onError(why);
  }

  @Override
  public void onError(Throwable failure) {
    if (!refused) {
      target.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!refused) {
      target.onComplete();
    }
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return target.getBody();
  }
}
