package lockstep.server.faults;

import java.io.IOException;

/** Programs of the machine, which it need not have. */
final class Programs {

  private Programs() {}

  /** Runs one to its end; false if it fails, or is not there. */
  static boolean succeed(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) { // There is no such command.
      return false;
    }
  }
}
