package lockstep.cli.secrets;

import java.util.List;
import lockstep.client.ReferenceMode;
import lockstep.client.Secret;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which secrets are read, and what becomes of references in their values. */
public final class ReadingOptions {

  @Option(
      names = "--tags",
      paramLabel = "TAG",
      split = ",",
      description = "Only secrets with one of these tags.")
  private List<String> tags = List.of();

  @Mixin private ReferenceOptions references = new ReferenceOptions();

  /** What becomes of references. */
  public ReferenceMode mode() {
    return references.mode();
  }

  /** Whether the secret is one of those. */
  public boolean admits(Secret secret) {
    return tags.isEmpty() || secret.tags().stream().anyMatch(tags::contains);
  }
}
