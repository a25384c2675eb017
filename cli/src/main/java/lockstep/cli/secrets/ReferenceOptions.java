package lockstep.cli.secrets;

import lockstep.client.ReferenceMode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What becomes of references in values. */
final class ReferenceOptions {

  @ArgGroup private Choice choice = new Choice();

  private static final class Choice {
    @Option(names = "--raw", description = "Leave references in values as they are written.")
    private boolean raw;

    @Option(
        names = "--strict",
        description = "Fail if a reference leads nowhere, instead of leaving it as written.")
    private boolean strict;
  }

  /** Takes one of these options without picocli; false if it is another, or if both are given. */
  boolean takeFlag(String name) {
    if (choice.raw || choice.strict) {
      return false;
    }
    choice.raw = name.equals("--raw");
    choice.strict = name.equals("--strict");
    return choice.raw || choice.strict;
  }

  ReferenceMode mode() {
    if (choice.raw) {
      return ReferenceMode.LEAVE;
    }
    return choice.strict ? ReferenceMode.REQUIRE : ReferenceMode.RESOLVE;
  }
}
