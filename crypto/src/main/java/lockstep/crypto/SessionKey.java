package lockstep.crypto;

import java.util.Arrays;

/**
 * The symmetric key of one sender and one recipient.
 *
 * <p>The agreement yields a key for each direction. Here messages go one way only, from a sender
 * with an ephemeral pair (the client of the agreement) to a recipient with a lasting one (the
 * server), so that the other half is never used.
 */
final class SessionKey implements AutoCloseable {

  private final byte[] key;

  private SessionKey(byte[] agreement) {
    this.key = Arrays.copyOfRange(agreement, 32, 64);
    Bytes.erase(agreement);
  }

  static SessionKey ofSender(X25519KeyPair ephemeral, X25519PublicKey recipient) {
    return new SessionKey(agreement(ephemeral, recipient, ephemeral.publicKey(), recipient));
  }

  static SessionKey ofRecipient(X25519KeyPair recipient, X25519PublicKey ephemeral) {
    return new SessionKey(agreement(recipient, ephemeral, ephemeral, recipient.publicKey()));
  }

  /** Returns the keys of both directions, 64 bytes; client and server are in this order always. */
  static byte[] agreement(
      X25519KeyPair own, X25519PublicKey peer, X25519PublicKey client, X25519PublicKey server) {
    byte[] secret = own.agree(peer);
    byte[] transcript = Bytes.concat(secret, client.bytes(), server.bytes());
    try {
      return Backend.PRIMITIVES.blake2b(64, new byte[0], transcript);
    } finally {
      Bytes.erase(secret, transcript);
    }
  }

  byte[] seal(String plaintext, Entropy entropy) {
    byte[] bytes = Utf8.encode(plaintext);
    try {
      return RawSymmetric.seal(bytes, key, entropy);
    } finally {
      Bytes.erase(bytes);
    }
  }

  String open(byte[] sealed) {
    byte[] bytes = RawSymmetric.open(sealed, key);
    try {
      return Utf8.decodePlaintext(bytes);
    } finally {
      Bytes.erase(bytes);
    }
  }

  @Override
  public void close() {
    Bytes.erase(key);
  }

  @Override
  public String toString() {
    return "SessionKey[hidden]";
  }
}
