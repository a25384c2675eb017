package lockstep.client;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Reads a body within {@link BodyLimits}. */
final class LimitedBody implements BodySubscriber<byte[]> {

  private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
  private final boolean isError;
  private long left;
  private @Nullable Subscription subscription;

  private LimitedBody(boolean isError, long limit) {
    this.isError = isError;
    this.left = limit;
  }

  /** For answers of any status. */
  static BodyHandler<byte[]> handler(BodyLimits limits) {
    return head ->
        head.statusCode() == 200
            ? new LimitedBody(false, limits.answerBytes())
            : new LimitedBody(true, limits.errorBytes());
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return whole.getBody();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    whole.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    if (left < 0) {
      return;
    }
    left -= items.stream().mapToLong(ByteBuffer::remaining).sum();
    if (left >= 0) {
      whole.onNext(items);
      return;
    }
    if (subscription != null) {
      subscription.cancel();
    }
    if (isError) {
      whole.onComplete();
    } else {
      whole.onError(new BodyLimits.TooLongException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (left >= 0) {
      whole.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (left >= 0) {
      whole.onComplete();
    }
  }
}
