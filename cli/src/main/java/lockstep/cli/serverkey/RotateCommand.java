package lockstep.cli.serverkey;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.StorageOptions;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeys;
import lockstep.server.serverkeys.ServerKeyRotation;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep server-key rotate}. */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Let the server key SERVER_SECRET take the place of SERVER_SECRET_PREVIOUS.",
      "",
      "Brings it into use, wraps to it whatever is wrapped to the previous one, and retires that",
      "one. Can be interrupted at any time, and run again. A server that is started with both",
      "settings does the same by itself.",
      "",
      "On PostgreSQL servers may run, if each has the new key as SERVER_SECRET_NEXT. The embedded",
      "database must not be in use.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n")
final class RotateCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private StorageOptions place = new StorageOptions();

  @Override
  public Integer call() {
    StorageConfiguration storage = place.configuration();
    ServerKeys keys = StorageOptions.requireServerKeys(storage);
    if (keys.previous().isEmpty()) {
      throw new CommandException(
          "both keys are needed: SERVER_SECRET is the new one, SERVER_SECRET_PREVIOUS the one in"
              + " use");
    }
    // Refuses a database of another version, which must not be migrated under its servers.
    try (Database reading = StorageOptions.openForReading(storage)) {
      ServerKeyCheck.requireSame(reading, keys);
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try (Database database = open(storage);
        ServerKeyRotation rotation = rotation(database, keys)) {
      boolean changed = rotation.begin();
      long rows = rotation.run();
      out.println(
          (changed ? "The new server key is in use. " : "The server key was in use already. ")
              + rows
              + " environments and service accounts were wrapped to it.");
      StatusCommand.print(ServerKeyRotation.status(database), out);
    }
    out.flush();
    return 0;
  }

  private static Database open(StorageConfiguration storage) {
    return storage
        .databaseUrl()
        .map(Databases::postgres)
        .orElseGet(() -> Databases.embedded(storage.dataDirectory()));
  }

  private static ServerKeyRotation rotation(Database database, ServerKeys keys) {
    Clock clock = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
    Checkpoints checkpoints = new Checkpoints(keys);
    return new ServerKeyRotation(
        database, keys, checkpoints, new Audit(database, checkpoints, clock), clock);
  }
}
