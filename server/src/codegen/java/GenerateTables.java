import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Jdbc;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.Target;
import org.slf4j.LoggerFactory;

/**
 * Writes one class per table. Migrates an empty SQLite file and reads the tables back from it, so
 * the generated code and the migrations cannot disagree. Run by the build, in source form.
 *
 * <p>Arguments: folder of the migrations, folder to write to. Does nothing when the output is newer
 * than every migration.
 */
public final class GenerateTables {

  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    Path migrations = Path.of(arguments[0]);
    Path output = Path.of(arguments[1]);
    Path stamp = output.resolve("generated");
    if (Files.exists(stamp) && newest(migrations) <= Files.getLastModifiedTime(stamp).toMillis()) {
      return;
    }
    Path database = Files.createTempFile("lockstep-tables", ".db");
    try {
      generate("jdbc:sqlite:" + database, migrations, output);
    } finally {
      Files.deleteIfExists(database);
    }
    Files.writeString(stamp, "");
  }

  private static void generate(String url, Path migrations, Path output) throws Exception {
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("filesystem:" + migrations.toAbsolutePath())
        .load()
        .migrate();
    GenerationTool.generate(
        new Configuration()
            .withLogging(Logging.WARN)
            .withJdbc(new Jdbc().withDriver("org.sqlite.JDBC").withUrl(url))
            .withGenerator(
                new Generator()
                    .withDatabase(
                        new Database()
                            .withName("org.jooq.meta.sqlite.SQLiteDatabase")
                            .withExcludes("flyway_schema_history|sqlite_.*")
                            .withForcedTypes(
                                new ForcedType()
                                    .withUserType("java.time.Instant")
                                    .withBinding("lockstep.server.store.InstantBinding")
                                    .withIncludeTypes("(?i)timestamptz"),
                                new ForcedType().withName("BLOB").withIncludeTypes("(?i)bytea")))
                    .withGenerate(
                        new Generate()
                            .withRecords(true)
                            .withPojos(false)
                            .withDaos(false)
                            .withGeneratedAnnotation(false)
                            .withEmptyCatalogs(false))
                    .withTarget(
                        new Target()
                            .withPackageName("lockstep.server.store.tables")
                            .withDirectory(output.toString()))));
  }

  private static long newest(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.toFile().lastModified())
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }
}
