package lockstep.spring;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The location or a property that begins with {@code lockstep} is not legal. */
final class LockstepSettingsException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  LockstepSettingsException(@Nullable String message) {
    super(message);
  }
}
