package lockstep.cli.backup;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import lockstep.cli.api.StorageOptions;
import lockstep.server.audit.Restores;
import lockstep.server.backup.BackupReader;
import lockstep.server.backup.BackupSummary;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.store.Databases;
import lockstep.server.store.EmptyDatabase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make a database from a backup, in a folder without one or an empty PostgreSQL database.",
      "",
      "Everything or nothing is restored. Either kind of database can be made from a backup of",
      "the other. The server key must be that of the server that was backed up: set",
      "SERVER_SECRET or SERVER_SECRET_FILE, or put the file server.key into the data folder.",
      "",
      "What was taken back after the backup is valid again: tokens, members, grants, network",
      "policies, passwords, invites, and texts shared by link that were opened.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n")
public final class RestoreCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private BackupSource source = new BackupSource();

  @Mixin private StorageOptions storage = new StorageOptions();

  @Override
  public Integer call() throws IOException {
    StorageConfiguration target = storage.configuration();
    BackupSummary[] summary = new BackupSummary[1];
    try (BackupReader backup = source.open(StorageOptions.requireServerKeys(target));
        EmptyDatabase empty = empty(target, backup.header().schema())) {
      empty.fill(
          db -> {
            summary[0] = backup.insert(db);
            Restores.note(db, summary[0].header().createdAt(), Instant.now());
          });
    }
    report(summary[0]);
    return 0;
  }

  private static EmptyDatabase empty(StorageConfiguration target, int schema) {
    return target
        .databaseUrl()
        .map(url -> Databases.emptyPostgres(url, schema))
        .orElseGet(() -> Databases.emptyEmbedded(target.dataDirectory(), schema));
  }

  private void report(BackupSummary summary) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(
        "Restored %d rows: all that was acknowledged before %s."
            .formatted(summary.allRows(), summary.header().createdAt()));
    out.println(
        "What was taken back since then is valid again: tokens, members, grants, network"
            + " policies, passwords, invites, texts shared by link. Take it back before clients"
            + " are let in.");
    out.flush();
  }
}
