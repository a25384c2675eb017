package lockstep.client;

/** How messages name a secret. */
final class SecretName {

  private SecretName() {}

  static String text(String path, String key) {
    return path.equals("/") ? key : path + "/" + key;
  }
}
