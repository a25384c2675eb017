package lockstep.cli.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.StorageOptions;
import lockstep.crypto.IdentityKey;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.audit.ExpectedRecord;
import lockstep.server.audit.ExportVerification;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code lockstep audit verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Check that no audit record was changed, removed, inserted or moved.",
      "",
      "Reads the database itself, whether a server uses it or not, and writes nothing.",
      "Checkpoints are verified with the public key that belongs to the server key, or with",
      "--public-key where the server key shall not be.",
      "",
      "A chain that somebody cut off, with its checkpoints, looks like one that never was longer:",
      "keep the newest number and hash elsewhere, and give them to the next run with --expect.",
      "",
      "With --file, checks what lockstep audit export printed instead, without the database. An",
      "export cannot tell what came before its first event or after its last.",
      "",
      "Exit code 0: everything is as it was recorded. 1: something is not, or could not be read.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n")
final class VerifyCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private StorageOptions place = new StorageOptions();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Verify this export instead, - for standard input; signatures too, if --public-key or"
              + " SERVER_SECRET is given.")
  private @Nullable String file;

  @Option(
      names = "--public-key",
      paramLabel = "HEX",
      description =
          "Key that checkpoints must be signed with, as an earlier verification printed it,"
              + " instead of the server key's. With --file, repeat it for each server key that was"
              + " in use, the oldest first.")
  private List<String> publicKeys = List.of();

  @Option(
      names = "--expect",
      paramLabel = "ORGANISATION:NUMBER:HASH",
      converter = ExpectedRecordConverter.class,
      description =
          "A record that must be there, as an earlier verification printed the newest. Can be"
              + " repeated.")
  private List<ExpectedRecord> expected = List.of();

  @Option(names = "--json", description = "Print one line of JSON per finding, for scripts.")
  private boolean asJson;

  @Override
  public Integer call() {
    StorageConfiguration storage = place.configuration();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (file != null) {
      return verifyExport(file, storage, out);
    }
    try (Database database = StorageOptions.openForReading(storage)) {
      IdentityKey key = key(storage, database);
      FindingsPrinter printer = new FindingsPrinter(out, asJson);
      boolean intact = new AuditVerification(database, key, expected).run(printer);
      printer.end(intact, Optional.of(key));
      out.flush();
      return intact ? 0 : 1;
    }
  }

  private int verifyExport(String name, StorageConfiguration storage, PrintWriter out) {
    if (place.isGiven()) {
      throw new CommandException("--file excludes --data-dir and --database-url");
    }
    List<IdentityKey> keys =
        publicKeys.isEmpty()
            ? Stream.of(storage.previousServerKey(), storage.serverKey(), storage.nextServerKey())
                .flatMap(Optional::stream)
                .map(Checkpoints::publicKey)
                .toList()
            : publicKeys.stream().map(IdentityKey::parse).toList();
    FindingsPrinter printer = new FindingsPrinter(out, asJson);
    boolean intact;
    try (BufferedReader lines = lines(name)) {
      intact = new ExportVerification(keys, expected).run(lines, printer);
    } catch (IOException e) {
      throw new CommandException("the export cannot be read: " + e, e);
    }
    printer.end(intact, keys.isEmpty() ? Optional.empty() : Optional.of(keys.getLast()));
    out.flush();
    return intact ? 0 : 1;
  }

  private static BufferedReader lines(String name) throws IOException {
    return name.equals("-")
        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
        : Files.newBufferedReader(Path.of(name), StandardCharsets.UTF_8);
  }

  private IdentityKey key(StorageConfiguration storage, Database database) {
    if (publicKeys.size() > 1) {
      throw new CommandException(
          "a database says which keys follow the one that is trusted: give one --public-key");
    }
    if (!publicKeys.isEmpty()) {
      return IdentityKey.parse(publicKeys.getFirst());
    }
    ServerKeys keys =
        StorageOptions.serverKeys(storage)
            .orElseThrow(
                () ->
                    new CommandException(
                        "checkpoints cannot be verified without a key: set SERVER_SECRET or"
                            + " SERVER_SECRET_FILE, or give --public-key"));
    ServerKeyCheck.requireSame(database, keys);
    return Checkpoints.publicKey(database.read(keys::inUse));
  }

  private static final class ExpectedRecordConverter implements ITypeConverter<ExpectedRecord> {

    @Override
    public ExpectedRecord convert(String value) {
      try {
        return ExpectedRecord.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
