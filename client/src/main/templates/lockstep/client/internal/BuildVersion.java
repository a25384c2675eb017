package lockstep.client.internal;

/** Which version this is: in a class, because to read a file of a jar takes milliseconds. */
public final class BuildVersion {

  /** Such as {@code 1.2.3}. */
  public static final String TEXT = "${project.version}";

  private BuildVersion() {}
}
