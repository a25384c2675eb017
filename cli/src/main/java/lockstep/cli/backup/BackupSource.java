package lockstep.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import lockstep.crypto.X25519KeyPair;
import lockstep.server.backup.BackupReader;
import lockstep.server.keys.ServerKeys;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The backup that a command is about. */
final class BackupSource {

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private @Nullable Path file;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The private half of the key that the backup was encrypted to, if it was.")
  private @Nullable Path keyFile;

  BackupReader open(ServerKeys serverKeys) throws IOException {
    Optional<X25519KeyPair> key =
        keyFile == null ? Optional.empty() : Optional.of(BackupKey.read(keyFile));
    InputStream in = Files.newInputStream(Objects.requireNonNull(file));
    try {
      return BackupReader.open(in, serverKeys, key);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
