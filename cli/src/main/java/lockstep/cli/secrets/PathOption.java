package lockstep.cli.secrets;

import picocli.CommandLine.Option;

/** The folder that a command works in. */
public final class PathOption {

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = "/",
      description = "Folder, such as /database. Secrets in no folder if not given.")
  private String path = "/";

  /** Takes the option without picocli; false if it is another. */
  public boolean takeOption(String name, String value) {
    if (name.equals("--path")) {
      path = value;
      return true;
    }
    return false;
  }

  /** Its path. */
  public String text() {
    return path;
  }
}
