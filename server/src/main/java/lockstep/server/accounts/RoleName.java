package lockstep.server.accounts;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A role, as answers mention it. */
public record RoleName(UUID id, String name) {

  /** The role, unless there is none. */
  public static @Nullable RoleName ofNullable(@Nullable UUID id, @Nullable String name) {
    return id == null || name == null ? null : new RoleName(id, name);
  }
}
