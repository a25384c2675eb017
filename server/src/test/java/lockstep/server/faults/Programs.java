package lockstep.server.faults;

import java.io.IOException;

/** Programs of the machine, which it need not have. */
final class Programs {

  private Programs() {}

  /** Runs one to its end; false if it fails, or is not there. */
  static boolean succeed(String... command) throws InterruptedException {
    return exitCode(command) == 0;
  }

  /** Runs one to its end; 127 if it is not there, as of a shell. */
  static int exitCode(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      return 127;
    }
  }
}
