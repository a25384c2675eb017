package lockstep.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Full load: the generator wrk, which sends the next request as soon as an answer is there. */
final class Wrk {

  // The percentiles of wrk are in microseconds.
  private static final String DONE =
      """
      done = function(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("errors connect %d read %d write %d timeout %d status %d\\n",
          e.connect, e.read, e.write, e.timeout, e.status))
        io.write(string.format("figures %d %d %f %f %f %f %d %d\\n", summary.requests,
          summary.duration, latency:percentile(50), latency:percentile(99),
          latency:percentile(99.9), latency.max,
          e.connect + e.read + e.write + e.timeout, e.status))
      end
      """;

  private final Path program;
  private final Running running;
  private final Path folder;
  private final Load load;

  Wrk(Path program, Running running, Path folder, Load load) {
    this.program = program;
    this.running = running;
    this.folder = folder;
    this.load = load;
  }

  /** Sends these requests in turn, on so many connections. */
  Round run(String address, List<Request> requests, int connections, Duration time)
      throws Exception {
    return run(List.of(address), requests, connections, time).getFirst();
  }

  /** The same to several servers at once, each on as many connections as if it were alone. */
  List<Round> run(List<String> addresses, List<Request> requests, int connections, Duration time)
      throws Exception {
    Path script = folder.resolve("requests.lua");
    Files.writeString(script, script(requests));
    int threads = Math.clamp(load.threads() / addresses.size(), 1, connections);
    List<Process> processes = new ArrayList<>();
    for (String address : addresses) {
      processes.add(
          running.start(
              new ProcessBuilder(
                      program.toString(),
                      "--threads=" + threads,
                      "--connections=" + connections,
                      "--duration=" + time.toSeconds() + "s",
                      "--timeout=10s",
                      "--latency",
                      "--script=" + script,
                      address)
                  .redirectErrorStream(true)));
    }
    List<Round> rounds = new ArrayList<>();
    for (Process process : processes) {
      rounds.add(figures(process));
    }
    return rounds;
  }

  private static Round figures(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    String line =
        output
            .lines()
            .filter(one -> one.startsWith("figures "))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("wrk failed: " + output));
    if (output.contains("Socket errors")) {
      System.err.println(
          output.lines().filter(one -> one.startsWith("errors ")).findFirst().orElse(""));
    }
    String[] figure = line.split(" ", -1);
    long requests = Long.parseLong(figure[1]);
    double seconds = Long.parseLong(figure[2]) / 1e6;
    return new Round(
        requests,
        requests / seconds,
        new Latencies(
            Double.parseDouble(figure[3]) / 1000,
            Double.parseDouble(figure[4]) / 1000,
            Double.parseDouble(figure[5]) / 1000,
            Double.parseDouble(figure[6]) / 1000),
        Long.parseLong(figure[7]),
        Long.parseLong(figure[8]));
  }

  private String script(List<Request> requests) {
    StringBuilder script = new StringBuilder();
    if (requests.size() == 1) {
      Request request = requests.getFirst();
      script.append("wrk.method = ").append(quoted(request.method())).append('\n');
      script.append("wrk.path = ").append(quoted(request.path())).append('\n');
      request
          .headers()
          .forEach(
              (name, content) ->
                  script.append("wrk.headers[%s] = %s\n".formatted(quoted(name), quoted(content))));
      if (!request.body().isEmpty()) {
        script.append("wrk.body = ").append(quoted(request.body())).append('\n');
      }
    } else {
      // Each thread begins elsewhere, so that they do not all send the same one at a time.
      script.append("local first = 0\nsetup = function(thread)\n  thread:set(\"turn\", first)\n");
      script.append("  first = first + %d\nend\n".formatted(requests.size() / load.threads()));
      script.append("local all = {}\ninit = function(arguments)\n");
      for (Request request : requests) {
        script.append(
            "  all[#all + 1] = wrk.format(%s, %s, {"
                .formatted(quoted(request.method()), quoted(request.path())));
        // Headers given here take the place of all others, the host among them.
        script.append("[\"Host\"] = wrk.headers[\"Host\"], ");
        request
            .headers()
            .forEach(
                (name, content) ->
                    script.append("[%s] = %s, ".formatted(quoted(name), quoted(content))));
        script.append(
            "}, %s)\n".formatted(request.body().isEmpty() ? "nil" : quoted(request.body())));
      }
      script.append(
          "end\nrequest = function()\n  turn = turn % #all + 1\n  return all[turn]\nend\n");
    }
    return script.append(DONE).toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
