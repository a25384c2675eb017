package lockstep.cli.secrets;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lockstep.cli.api.CommandException;
import lockstep.cli.formats.FileFormat;
import lockstep.cli.formats.FormatException;
import lockstep.cli.formats.KubernetesSecret;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.Secret;
import lockstep.client.Secrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lockstep secrets export}. */
@Command(
    name = "export",
    description = {
      "Print the secrets of a folder with their values, in a format for other tools.",
      "",
      "The formats are dotenv, json, yaml, csv, toml, java-properties, and k8s, the manifest of",
      "a Kubernetes Secret. What a format cannot hold is refused, never changed.",
      ""
    })
final class ExportCommand extends ClientCommand {

  private static final String KUBERNETES = "k8s";

  @Parameters(
      paramLabel = "KEY",
      arity = "0..*",
      description = "Names of the secrets; all of the folder if none is given.")
  private List<String> keys = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "dotenv",
      description = "Format; '${DEFAULT-VALUE}' if not given.")
  private String format = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the Kubernetes Secret, for k8s.")
  private @Nullable String name;

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      description = "Namespace of the Kubernetes Secret, for k8s.")
  private @Nullable String namespace;

  @Mixin private PathOption path = new PathOption();

  @Mixin private ReadingOptions reading = new ReadingOptions();

  @Override
  protected int run(LockstepClient client) {
    Optional<FileFormat> chosen =
        format.equals(KUBERNETES)
            ? Optional.empty()
            : Optional.of(FileFormats.named(format, spec().commandLine()));
    if (chosen.isPresent() == (name != null) || (chosen.isPresent() && namespace != null)) {
      throw new ParameterException(
          spec().commandLine(), "--name is needed for k8s; it and --namespace are for k8s alone");
    }
    Map<String, String> entries = entries(environment(client).references(reading.mode()));
    try {
      print(
          chosen.isPresent()
              ? chosen.get().write(entries)
              : KubernetesSecret.write(
                  entries, String.valueOf(name), Optional.ofNullable(namespace)));
    } catch (FormatException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    return 0;
  }

  private Map<String, String> entries(Environment environment) {
    Secrets all = environment.list(path.text());
    List<Secret> chosen = keys.isEmpty() ? all.asList() : named(all, environment);
    Map<String, String> entries = new LinkedHashMap<>();
    List<Secret> admitted = chosen.stream().filter(reading::admits).toList();
    admitted.forEach(secret -> entries.put(secret.key(), secret.value()));
    warnOfReferences(admitted);
    return entries;
  }

  private List<Secret> named(Secrets all, Environment environment) {
    Set<Secret> found = new LinkedHashSet<>();
    Set<String> absent = new LinkedHashSet<>();
    for (String key : keys) {
      Names.find(all, path.text(), key).ifPresentOrElse(found::add, () -> absent.add(key));
    }
    if (!absent.isEmpty()) {
      throw SecretsCommand.missing(absent, environment);
    }
    return List.copyOf(found);
  }
}
