package lockstep.server.secrets;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lockstep.server.http.ApiException;

/** What may be done to which stored secret. */
final class SecretRules {

  private SecretRules() {}

  static void requireChangeable(List<StoredSecret> before, List<SealedChange> changes) {
    if (before.stream().anyMatch(StoredSecret::isRotating)) {
      throw rotating();
    }
    for (int i = 0; i < before.size(); i++) {
      boolean unseals = changes.get(i).type().filter(type -> type != SecretType.SEALED).isPresent();
      if (before.get(i).isSealed() && unseals) {
        throw unsealing();
      }
    }
  }

  static void requireRestorable(StoredSecret secret) {
    if (secret.isRotating()) {
      throw rotating();
    }
  }

  /** Refuses what would undo a seal, also of a secret that was deleted under it. */
  static void requireStillSealed(StoredSecret before, SecretContent after) {
    if (before.isSealed() && !after.isSealed()) {
      throw unsealing();
    }
  }

  private static ApiException rotating() {
    return ApiException.badRequest(
        "Rotating secrets are managed by the Phase rotation engine and cannot be updated via this"
            + " endpoint.");
  }

  private static ApiException unsealing() {
    return ApiException.badRequest(
        "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.");
  }

  static void requireDeletable(List<StoredSecret> secrets) {
    if (secrets.stream().anyMatch(StoredSecret::isRotating)) {
      throw ApiException.badRequest(
          "Rotating secrets are managed by the Phase rotation engine and cannot be deleted via this"
              + " endpoint.");
    }
  }

  static void requireDistinctNames(List<StoredSecret> secrets) {
    Set<List<String>> names = new HashSet<>();
    for (StoredSecret secret : secrets) {
      if (!names.add(List.of(secret.path(), secret.keyDigest()))) {
        throw SecretWriter.duplicate();
      }
    }
  }
}
