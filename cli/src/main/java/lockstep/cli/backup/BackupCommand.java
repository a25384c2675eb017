package lockstep.cli.backup;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.OwnerOnlyFile;
import lockstep.cli.api.ProgramVersion;
import lockstep.cli.api.StorageOptions;
import lockstep.crypto.SealedStream;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.backup.BackupSummary;
import lockstep.server.backup.BackupWriter;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.store.Database;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Back up everything that a server keeps, while it runs or not.",
      "",
      "The file holds one state of the whole database, from which 'lockstep restore' makes",
      "either kind of database again. What is encrypted in the database is so in the backup;",
      "names of people and apps are not, unless the backup is encrypted to a key of its own.",
      "The server key is NOT in it: keep it apart, without it the backup is worthless.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n")
public final class BackupCommand implements Callable<Integer>, CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("verify", BackupVerifyCommand.class),
        new Nested("new-key", BackupNewKeyCommand.class));
  }

  private static final String STANDARD_OUTPUT = "-";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "The file to write, which must not exist; - for standard output.")
  private @Nullable String file;

  @Option(
      names = "--recipient",
      paramLabel = "KEY",
      description =
          "Encrypt the backup to this key, as 'lockstep backup new-key' printed it."
              + " [LOCKSTEP_BACKUP_RECIPIENT]",
      defaultValue = "${env:LOCKSTEP_BACKUP_RECIPIENT}")
  private @Nullable String recipient;

  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      throw new CommandException("say where to write the backup: --to FILE");
    }
    Optional<X25519PublicKey> key = Optional.ofNullable(recipient).map(BackupKey::recipient);
    StorageConfiguration configuration = storage.configuration();
    try (Database database = StorageOptions.openForReading(configuration)) {
      BackupWriter writer =
          new BackupWriter(
              database,
              StorageOptions.requireServerKeys(configuration),
              ProgramVersion.text(),
              Clock.systemUTC());
      report(file.equals(STANDARD_OUTPUT) ? toOutput(writer, key) : toFile(writer, key, file));
    }
    return 0;
  }

  private static BackupSummary toOutput(BackupWriter writer, Optional<X25519PublicKey> key)
      throws IOException {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    BackupSummary summary = write(writer, key, out);
    out.flush();
    return summary;
  }

  private static BackupSummary toFile(
      BackupWriter writer, Optional<X25519PublicKey> key, String name) throws IOException {
    Path path = Path.of(name);
    BackupSummary[] summary = new BackupSummary[1];
    try (OwnerOnlyFile draft = OwnerOnlyFile.openNew(path)) {
      draft.publish(out -> summary[0] = write(writer, key, out));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(path + " exists already; a backup is never overwritten", e);
    }
    return summary[0];
  }

  /** Leaves the stream open. */
  private static BackupSummary write(
      BackupWriter writer, Optional<X25519PublicKey> key, OutputStream out) throws IOException {
    if (key.isEmpty()) {
      return writer.write(out);
    }
    OutputStream kept =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            flush();
          }
        };
    try (OutputStream sealed = SealedStream.seal(kept, key.get())) {
      return writer.write(sealed);
    }
  }

  /** Not to standard output, where the backup itself may go. */
  private void report(BackupSummary summary) {
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    err.println(
        "Backed up %d rows: all that was acknowledged before %s."
            .formatted(summary.allRows(), summary.header().createdAt()));
    err.println(
        "The server key is not in the backup. Its public half is " + summary.header().serverKey());
    err.flush();
  }
}
