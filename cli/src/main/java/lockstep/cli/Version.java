package lockstep.cli;

import lockstep.cli.api.ProgramVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code lockstep --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"lockstep " + ProgramVersion.text()};
  }
}
