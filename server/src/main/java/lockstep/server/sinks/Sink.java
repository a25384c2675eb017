package lockstep.server.sinks;

import java.io.IOException;
import java.util.List;

/** Takes audit events somewhere. Used by one thread. */
interface Sink extends AutoCloseable {

  /**
   * Delivers these, in this order. They may have been delivered before, if nobody got to know.
   *
   * @throws IOException if it is not certain that all were delivered
   */
  void deliver(List<SinkEvent> events) throws IOException;

  /**
   * Delivers again a part of what may have been lost. Is called before each delivery; only when
   * nothing is left is something new delivered.
   *
   * @return whether there is more
   * @throws IOException if it is known that nothing could be delivered now
   */
  default boolean repeat() throws IOException {
    return false;
  }

  /**
   * Is called again and again while there is nothing to deliver.
   *
   * @throws IOException if it is known that nothing could be delivered now
   */
  default void keep() throws IOException {}

  @Override
  void close();
}
