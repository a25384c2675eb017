package lockstep.server.secrets;

import java.io.Serial;
import java.util.function.Supplier;
import lockstep.server.http.ApiException;

/** Between encryption and transaction, the environment got other keys. */
final class KeysReplacedException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  /** Nobody rotates keys as often as this while one request is carried out. */
  private static final int ATTEMPTS = 5;

  KeysReplacedException() {
    super("the keys of the environment were replaced", null, false, false);
  }

  /**
   * Encrypts and writes, and does both again if the keys were replaced in between.
   *
   * @throws ApiException 409 if that happens again and again
   */
  static <T> T retrying(Supplier<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (KeysReplacedException e) {
        if (attempt == ATTEMPTS) {
          throw ApiException.conflict(
              "The keys of the environment are being rotated again and again. Repeat the request.");
        }
      }
    }
  }
}
