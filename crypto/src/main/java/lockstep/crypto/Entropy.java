package lockstep.crypto;

import java.security.SecureRandom;

/** Where keys and nonces come from. Only tests have a reason to name another than the system. */
@FunctionalInterface
interface Entropy {

  Entropy SYSTEM = fromSystem();

  byte[] bytes(int length);

  private static Entropy fromSystem() {
    var random = new SecureRandom();
    return length -> {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    };
  }
}
