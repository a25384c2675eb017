package lockstep.cli.backup;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import lockstep.cli.api.Printable;
import lockstep.cli.api.StorageOptions;
import lockstep.server.backup.BackupCheck;
import lockstep.server.backup.BackupReader;
import lockstep.server.keys.ServerKeys;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep backup verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Show that a backup is worth something, by restoring it into a scratch folder.",
      "",
      "Checks that it is whole and was made with the server key, that the server key opens what",
      "is in it, that the chains of audit events are intact, and decrypts a sample of secrets.",
      "",
      "Exit code 0: all of that is so. 1: something is not.",
      ""
    })
final class BackupVerifyCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private BackupSource source = new BackupSource();

  @Option(
      names = "--scratch",
      paramLabel = "FOLDER",
      description =
          "Where to restore for a moment; the system's folder for temporary files by default.")
  private @Nullable Path scratch;

  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() throws IOException {
    ServerKeys keys = StorageOptions.requireServerKeys(storage.configuration());
    try (BackupReader backup = source.open(keys)) {
      Path folder =
          scratch == null
              ? Files.createTempDirectory("lockstep-verify")
              : Files.createTempDirectory(scratch, "lockstep-verify");
      // It is not encrypted to the recipient of the backup, so it must not stay if this is ended.
      Thread cleaning = Thread.ofPlatform().unstarted(() -> deleteIfThere(folder));
      Runtime.getRuntime().addShutdownHook(cleaning);
      try {
        return report(new BackupCheck(keys, folder).run(backup));
      } finally {
        delete(folder);
        Runtime.getRuntime().removeShutdownHook(cleaning);
      }
    }
  }

  private int report(BackupCheck.Result result) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println("Made at " + result.summary().header().createdAt());
    result.summary().rows().forEach((table, rows) -> out.println("  " + table + ": " + rows));
    out.println(
        "Restored " + result.summary().allRows() + " rows; the checksum and proof are right.");
    out.println(
        "Decrypted %d secrets of %d environments whose keys the server has."
            .formatted(result.decrypted(), result.sampledEnvironments()));
    if (result.unreadable() > 0) {
      out.println(
          "%d more cannot be decrypted, as clients may store some that nobody can."
              .formatted(result.unreadable()));
    }
    result.problems().forEach(problem -> out.println("PROBLEM  " + Printable.of(problem)));
    out.println(
        result.problems().isEmpty()
            ? "The backup is good; the audit chains in it are intact."
            : "The backup is NOT good: " + result.problems().size() + " problems.");
    out.flush();
    return result.problems().isEmpty() ? 0 : 1;
  }

  private static void deleteIfThere(Path folder) {
    try {
      if (Files.exists(folder)) {
        delete(folder);
      }
    } catch (IOException e) {
      System.err.println("lockstep: " + folder + " is left; delete it");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
