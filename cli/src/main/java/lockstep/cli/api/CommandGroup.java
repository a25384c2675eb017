package lockstep.cli.api;

import java.util.List;

/**
 * A command that others are nested in. It names them here and not in its annotation, so that
 * picocli need not read the annotations of all of them when one is asked for.
 */
public interface CommandGroup {

  /** The nested commands, in the order in which the help lists them. */
  List<Nested> nested();

  /**
   * A nested command.
   *
   * @param name as in its annotation
   * @param type what picocli makes it of
   */
  record Nested(String name, Class<?> type) {}
}
