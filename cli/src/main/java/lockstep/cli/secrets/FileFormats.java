package lockstep.cli.secrets;

import java.util.Arrays;
import java.util.stream.Collectors;
import lockstep.cli.formats.FileFormat;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Formats as they are typed. */
final class FileFormats {

  private FileFormats() {}

  /**
   * The format of this name.
   *
   * @throws ParameterException if there is none
   */
  static FileFormat named(String name, CommandLine commandLine) {
    for (FileFormat format : FileFormat.values()) {
      if (format.toString().equals(name)) {
        return format;
      }
    }
    throw new ParameterException(
        commandLine,
        "there is no format '%s'; there is %s"
            .formatted(
                name,
                Arrays.stream(FileFormat.values())
                    .map(FileFormat::toString)
                    .collect(Collectors.joining(", "))));
  }
}
