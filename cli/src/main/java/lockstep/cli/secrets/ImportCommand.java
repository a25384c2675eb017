package lockstep.cli.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Table;
import lockstep.cli.formats.FileFormat;
import lockstep.cli.formats.FormatException;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.ReferenceMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep secrets import}. */
@Command(
    name = "import",
    description = {
      "Create secrets from a file.",
      "",
      "New ones are created in one request, and existing ones changed in another: each as a",
      "whole or not at all. Nothing is sent if anything in the file is refused.",
      "",
      "Secrets that are there with another value are refused, unless --overwrite or",
      "--keep-existing says what is to become of them. Names are written in upper case.",
      "References such as ${OTHER} are stored as they are.",
      ""
    })
final class ImportCommand extends ClientCommand {

  @Parameters(paramLabel = "FILE", description = "File to read; '-' for standard input.")
  private String file = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "dotenv, json, yaml, csv, toml or java-properties; by the name of the file if not given.")
  private @Nullable String format;

  @Option(names = "--dry-run", description = "Tell what would be done, and do nothing.")
  private boolean dryRun;

  @ArgGroup private Existing existing = new Existing();

  private static final class Existing {
    @Option(names = "--overwrite", description = "Give secrets that are there the new value.")
    private boolean overwrite;

    @Option(names = "--keep-existing", description = "Leave secrets that are there as they are.")
    private boolean keep;
  }

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      split = ",",
      description = "Tags for the secrets that are created.")
  private List<String> tags = List.of();

  @Mixin private PathOption path = new PathOption();

  @Option(names = "--json", description = "Print what is done as JSON, for scripts.")
  private boolean asJson;

  @Override
  protected int run(LockstepClient client) {
    Map<String, String> entries = read();
    Environment environment = environment(client).references(ReferenceMode.LEAVE);
    ImportPlan plan = ImportPlan.of(entries, environment.list(path.text()), path.text());
    if (!existing.overwrite) {
      plan = plan.withoutChanges(existing.keep);
    }
    if (!dryRun) {
      plan.carryOut(environment, path.text(), tags);
    }
    report(plan);
    return plan.refused().isEmpty() ? 0 : 1;
  }

  private Map<String, String> read() {
    FileFormat chosen = chooseFormat();
    try {
      byte[] content =
          file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return chosen.read(withoutMark(ValueInput.text(content, file, true))).asMap();
    } catch (FormatException e) {
      throw new CommandException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandException("the file " + file + " cannot be read", e);
    }
  }

  /** Some editors begin every file with a byte order mark, which is none of the first name. */
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private FileFormat chooseFormat() {
    if (format != null) {
      return FileFormats.named(format, spec().commandLine());
    }
    Optional<FileFormat> known =
        Optional.ofNullable(Path.of(file).getFileName())
            .flatMap(name -> FileFormat.ofFile(name.toString()));
    return known.orElseThrow(
        () ->
            new ParameterException(
                spec().commandLine(),
                "the name of the file does not tell its format; add --format"));
  }

  private void report(ImportPlan plan) {
    ArrayNode rows = JsonMapper.shared().createArrayNode();
    plan.outcomes()
        .forEach((key, outcome) -> rows.addObject().put("key", key).put("outcome", outcome));
    if (asJson) {
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      answer.put("dryRun", dryRun);
      answer.set("data", rows);
      printJson(answer);
      return;
    }
    List<JsonNode> list = List.copyOf(rows.values());
    if (dryRun) {
      print(new Table("key", "outcome").render(list));
    }
    say((dryRun ? "Nothing was done. Would be: " : "") + plan.summary());
  }
}
