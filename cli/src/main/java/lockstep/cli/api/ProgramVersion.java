package lockstep.cli.api;

import lockstep.client.internal.BuildVersion;

/** Which version of the program this is. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** Such as {@code 1.2.3}. */
  public static String text() {
    return BuildVersion.TEXT;
  }
}
