package lockstep.client.internal;

import java.net.InetAddress;

/** Work that a short command has a second core do from its first moment on. */
public final class Preparation {

  private Preparation() {}

  /** Has a thread load what a connection and decryption take, if there is a core to spare. */
  public static void begin() {
    if (Runtime.getRuntime().availableProcessors() == 1) {
      return;
    }
    Thread thread = new Thread(new Work(), "lockstep-preparation");
    thread.setDaemon(true);
    thread.start();
  }

  /** Not a lambda, which takes its own time to set up. */
  private static final class Work implements Runnable {
    @Override
    public void run() {
      InetAddress.getLoopbackAddress();
      lockstep.crypto.Preparation.prepare();
    }
  }
}
