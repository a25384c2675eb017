package lockstep.cli;

import lockstep.server.Lockstep;
import picocli.CommandLine.IVersionProvider;

/** What {@code lockstep --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"lockstep " + Lockstep.version()};
  }
}
