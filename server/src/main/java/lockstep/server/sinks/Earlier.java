package lockstep.server.sinks;

import java.util.List;
import java.util.UUID;

/** Events that were delivered before, for a sink that has to deliver them again. */
@FunctionalInterface
interface Earlier {

  /**
   * Some of the next events of a chain after a number, in its order; none if there are none.
   *
   * @throws RuntimeException if they cannot be read now
   */
  List<SinkEvent> after(UUID organisation, long sequence);
}
