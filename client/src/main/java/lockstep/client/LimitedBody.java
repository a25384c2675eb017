package lockstep.client;

import java.io.IOException;
import java.io.Serial;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a limit. A longer one is a failure; of an error, whose status says enough, it
 * is cut off.
 */
final class LimitedBody implements BodySubscriber<byte[]> {

  /** As much as all secrets of a large environment need, with room to spare. */
  private static final long MAX_ANSWER_BYTES = 256L << 20;

  private static final long MAX_ERROR_BYTES = 1L << 20;

  /** The body is longer than any that is expected; another one would be, too. */
  static final class TooLongException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private TooLongException() {
      super("the answer is longer than any that is expected");
    }
  }

  private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
  private final boolean isError;
  private long left;
  private @Nullable Subscription subscription;

  private LimitedBody(boolean isError, long limit) {
    this.isError = isError;
    this.left = limit;
  }

  /** For answers of any status. */
  static BodyHandler<byte[]> handler() {
    return handler(MAX_ANSWER_BYTES, MAX_ERROR_BYTES);
  }

  static BodyHandler<byte[]> handler(long answerBytes, long errorBytes) {
    return head ->
        head.statusCode() == 200
            ? new LimitedBody(false, answerBytes)
            : new LimitedBody(true, errorBytes);
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
      whole.onError(new TooLongException());
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
