package lockstep.cli.secrets;

import java.util.Collections;
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

  /** Takes one of these options without picocli; false if it is another. */
  public boolean takeFlag(String name) {
    return references.takeFlag(name);
  }

  /** Takes one of these options without picocli; false if it is another. */
  public boolean takeOption(String name, String value) {
    if (name.equals("--tags") && value.indexOf(',') < 0) {
      tags = List.of(value);
      return true;
    }
    return false;
  }

  /** What becomes of references. */
  public ReferenceMode mode() {
    return references.mode();
  }

  /** Whether the secret is one of those. */
  public boolean admits(Secret secret) {
    return tags.isEmpty() || !Collections.disjoint(secret.tags(), tags);
  }
}
