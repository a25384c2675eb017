package lockstep.cli.secrets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import lockstep.cli.api.CommandException;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.NewSecret;
import lockstep.client.PersonalOverride;
import lockstep.client.ReferenceMode;
import lockstep.client.Secret;
import lockstep.client.SecretChange;
import lockstep.client.SecretType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep secrets set}. */
@Command(
    name = "set",
    description = {
      "Give a secret a value; it is created if there is none of the name.",
      "",
      "The value is asked for on a terminal, or is all of standard input without the end of",
      "its last line. KEY=VALUE works too, but other users of the machine can see arguments,",
      "and shells remember them: use it for what is no secret.",
      ""
    })
final class SetCommand extends ClientCommand {

  /** What a secret can be made; the words of the API. */
  enum Type {
    secret(SecretType.SECRET),
    sealed(SecretType.SEALED),
    config(SecretType.CONFIG);

    private final SecretType type;

    Type(SecretType type) {
      this.type = type;
    }
  }

  @Parameters(
      paramLabel = "KEY[=VALUE]",
      description = "Name of the secret, which is written in upper case.")
  private String argument = "";

  @ArgGroup private Source source = new Source();

  private static final class Source {
    @Option(
        names = "--value-file",
        paramLabel = "FILE",
        description = "File with the value, without the end of its last line.")
    private @Nullable Path file;

    @Option(
        names = "--random",
        paramLabel = "LENGTH",
        description = "Make a random value of so many letters and digits.")
    private @Nullable Integer random;

    @Option(
        names = "--keep-value",
        description = "Leave the value as it is; change comment, tags or type.")
    private boolean keep;

    @Option(
        names = "--override-off",
        description = "Use the shared value again; your own is kept, unused.")
    private boolean overrideOff;
  }

  @Option(names = "--exact", description = "Keep the end of the last line as part of the value.")
  private boolean exact;

  @Option(
      names = "--override",
      description = "Set a value for yourself; everybody else keeps the shared one.")
  private boolean override;

  @Option(names = "--comment", paramLabel = "TEXT", description = "Comment; '' for none.")
  private @Nullable String comment;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      split = ",",
      description = "Tags, in place of those it has; '' for none.")
  private @Nullable List<String> tags;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "One of ${COMPLETION-CANDIDATES}. A sealed secret stays as it is for ever.")
  private @Nullable Type type;

  @Mixin private PathOption path = new PathOption();

  @Option(names = "--json", description = "Print what was done as JSON, for scripts.")
  private boolean asJson;

  @Override
  protected int run(LockstepClient client) {
    int equals = argument.indexOf('=');
    String typed = equals < 0 ? argument : argument.substring(0, equals);
    if (typed.isEmpty()) {
      throw new ParameterException(spec().commandLine(), "the name of the secret is missing");
    }
    if (override && (source.keep || source.overrideOff)) {
      throw new ParameterException(
          spec().commandLine(), "--override sets a value of your own, so it needs one");
    }
    Environment environment = environment(client).references(ReferenceMode.LEAVE);
    Optional<String> value =
        equals < 0 ? value(Names.written(typed)) : inline(argument.substring(equals + 1));
    Optional<Secret> present = Names.find(environment, path.text(), typed);
    String outcome =
        present.isEmpty()
            ? create(environment, Names.written(typed), value)
            : update(environment, present.get(), value);
    report(present.map(Secret::key).orElse(Names.written(typed)), outcome);
    return 0;
  }

  private Optional<String> inline(String value) {
    if (source.file != null || source.random != null || source.keep || source.overrideOff) {
      throw new ParameterException(spec().commandLine(), "the value is given twice");
    }
    return Optional.of(value);
  }

  /** Asked for before the server is changed; empty if the value is to stay. */
  private Optional<String> value(String key) {
    if (source.keep || source.overrideOff) {
      return Optional.empty();
    }
    if (source.file != null) {
      return Optional.of(ValueInput.of(source.file, exact));
    }
    if (source.random != null) {
      if (source.random < 1) {
        throw new ParameterException(spec().commandLine(), "a random value needs a length");
      }
      return Optional.of(RandomValue.ofLength(source.random));
    }
    return Optional.of(ValueInput.ofProcess(key, exact));
  }

  private String create(Environment environment, String key, Optional<String> value) {
    if (override || value.isEmpty()) {
      throw new CommandException(
          "there is no secret " + key + " there; give it a shared value first");
    }
    NewSecret secret = NewSecret.of(key, value.get()).in(path.text());
    if (comment != null) {
      secret = secret.withComment(comment);
    }
    if (tags != null) {
      secret = secret.withTags(named(tags));
    }
    if (type != null) {
      secret = secret.withType(type.type);
    }
    environment.create(secret);
    return "created";
  }

  private String update(Environment environment, Secret present, Optional<String> value) {
    SecretChange change = SecretChange.of(present);
    boolean isSame = comment == null && tags == null && type == null;
    if (source.overrideOff) {
      PersonalOverride own =
          present
              .override()
              .orElseThrow(
                  () -> new CommandException("you have no value of your own for " + present.key()));
      change = change.override(new PersonalOverride(own.value(), false));
      isSame = false;
    } else if (override && value.isPresent()) {
      change = change.override(new PersonalOverride(value.get(), true));
      isSame = false;
    } else if (value.isPresent() && !value.get().equals(present.sharedValue())) {
      change = valueOf(present, change, value.get());
      isSame = false;
    }
    if (isSame) {
      return "unchanged";
    }
    if (comment != null) {
      change = change.comment(comment);
    }
    if (tags != null) {
      change = change.tags(named(tags));
    }
    if (type != null) {
      change = change.type(type.type);
    }
    environment.update(change);
    return "changed";
  }

  private static SecretChange valueOf(Secret present, SecretChange change, String value) {
    try {
      return change.value(value);
    } catch (IllegalArgumentException e) {
      throw new CommandException(present.key() + ": " + e.getMessage(), e);
    }
  }

  private static List<String> named(List<String> tags) {
    return tags.stream().filter(tag -> !tag.isBlank()).toList();
  }

  private void report(String key, String outcome) {
    if (asJson) {
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      printJson(answer.put("key", key).put("path", path.text()).put("outcome", outcome));
    } else {
      say(Character.toUpperCase(outcome.charAt(0)) + outcome.substring(1) + " " + key);
    }
  }
}
