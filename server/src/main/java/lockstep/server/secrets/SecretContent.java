package lockstep.server.secrets;

import java.util.List;

/**
 * What changes from one version of a secret to the next: key, value and comment are {@code ph:v1}
 * ciphertexts, an absent comment is empty.
 */
record SecretContent(
    String path,
    String key,
    String keyDigest,
    String value,
    String comment,
    List<String> tags,
    String type) {

  boolean isSealed() {
    return type.equals(SecretType.SEALED.wireName());
  }

  SecretContent sealedWith(String sealedValue) {
    return new SecretContent(
        path, key, keyDigest, sealedValue, comment, tags, SecretType.SEALED.wireName());
  }
}
