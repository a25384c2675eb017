package lockstep.cli.api;

import picocli.CommandLine.Option;

/** The option that lets credentials go to other machines unencrypted, for every command alike. */
public final class PlainHttp {

  @Option(
      names = "--allow-plain-http",
      description =
          "Send the token unencrypted over a network that you trust."
              + " [LOCKSTEP_ALLOW_PLAIN_HTTP=true]")
  private boolean allowed;

  /** Takes the option without picocli; false if it is another. */
  boolean takeFlag(String name) {
    if (name.equals("--allow-plain-http")) {
      allowed = true;
      return true;
    }
    return false;
  }

  /** Whether the option or the variable is set. */
  public boolean isAllowed() {
    return allowed || "true".equals(System.getenv("LOCKSTEP_ALLOW_PLAIN_HTTP"));
  }
}
