package lockstep.cli.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.OwnerOnlyFile;
import lockstep.crypto.CryptoException;
import lockstep.crypto.Hex;
import lockstep.crypto.X25519KeyPair;
import lockstep.crypto.X25519PublicKey;

/**
 * Keys that backups are encrypted to. The public half may be anywhere a backup is made; the private
 * half is only needed where one is restored. Both are texts of one line.
 */
final class BackupKey {

  private static final String RECIPIENT = "lockstep-backup-recipient:v1:";
  private static final String PRIVATE = "lockstep-backup-key:v1:";
  private static final int SEED_BYTES = 32;

  private BackupKey() {}

  /** Makes a key, writes its private half to a new file, and returns the public half. */
  static String create(Path file) throws IOException {
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    try (OwnerOnlyFile draft = OwnerOnlyFile.openNew(file);
        X25519KeyPair pair = X25519KeyPair.fromPrivateKey(seed)) {
      draft.publish((PRIVATE + Hex.encode(seed) + "\n").getBytes(StandardCharsets.US_ASCII));
      return RECIPIENT + pair.publicKey().hex();
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(file + " exists already; a key is never overwritten", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /** Reads the public half. */
  static X25519PublicKey recipient(String text) {
    if (text.startsWith(PRIVATE)) {
      throw new CommandException(
          "that is the private half of a key; backups are encrypted to the public one,"
              + " which begins with "
              + RECIPIENT);
    }
    if (!text.startsWith(RECIPIENT)) {
      throw new CommandException("a recipient begins with " + RECIPIENT);
    }
    try {
      return X25519PublicKey.parse(text.substring(RECIPIENT.length()));
    } catch (CryptoException e) {
      throw new CommandException("the recipient is not legal: " + e.getMessage(), e);
    }
  }

  /** Reads the private half. */
  static X25519KeyPair read(Path file) throws IOException {
    String text = Files.readString(file).strip();
    if (!text.startsWith(PRIVATE)) {
      throw new CommandException(file + " does not hold the private half of a backup key");
    }
    try {
      return X25519KeyPair.fromPrivateKey(Hex.decode(text.substring(PRIVATE.length())));
    } catch (CryptoException e) {
      throw new CommandException(file + " does not hold the private half of a backup key", e);
    }
  }
}
