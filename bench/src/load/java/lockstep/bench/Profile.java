package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a server under full load spends its time, and what it allocates: a recording of JDK Flight
 * Recorder. It slows the server down a little, so its rate is not reported.
 */
final class Profile {

  private static final List<String> VIEWS =
      List.of("hot-methods", "allocation-by-class", "allocation-by-site");

  private Profile() {}

  /**
   * Records one round, after a warm-up.
   *
   * @param file for the recording
   * @return summaries by name
   */
  static Map<String, String> record(
      LockstepServer server, Case one, Wrk wrk, Load load, WorkFolder work, Path file)
      throws Exception {
    wrk.run(server.address(), one.requests(), load.connections(one.requests()), load.firstWarmUp())
        .accepted(one.name());
    String pid = "" + server.pid();
    tool("jcmd", pid, "JFR.start", "name=bench", "settings=profile");
    wrk.run(server.address(), one.requests(), load.connections(one.requests()), load.round())
        .checked(one.name());
    Path recording = work.path().resolve("recording.jfr");
    tool("jcmd", pid, "JFR.stop", "name=bench", "filename=" + recording);
    Map<String, String> views = new LinkedHashMap<>();
    for (String view : VIEWS) {
      views.put(view, tool("jfr", "view", "--width", "140", view, recording.toString()).strip());
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.move(recording, file, StandardCopyOption.REPLACE_EXISTING);
    return views;
  }

  private static String tool(String name, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", name).toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    String output = Processes.output(command);
    if (output.isEmpty()) {
      throw new IOException(name + " " + List.of(arguments) + " failed");
    }
    return output;
  }
}
