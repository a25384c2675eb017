package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The results as Markdown. */
final class Report {

  private static final String BEGIN = "<!-- results -->";
  private static final String END = "<!-- /results -->";

  private final StringBuilder text = new StringBuilder();

  void heading(String heading) {
    text.append("\n### ").append(heading).append("\n\n");
  }

  void paragraph(String paragraph) {
    text.append(paragraph).append("\n\n");
  }

  void list(List<String> lines) {
    lines.forEach(line -> text.append("- ").append(line).append('\n'));
    text.append('\n');
  }

  void code(String code) {
    text.append("```\n").append(code.stripTrailing()).append("\n```\n\n");
  }

  void table(List<String> head, List<List<String>> rows) {
    row(head);
    row(head.stream().map(_ -> "---").toList());
    rows.forEach(this::row);
    text.append('\n');
  }

  private void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** What was measured at full load, and at half of it where that was measured. */
  void cases(List<Measured> all) {
    table(
        List.of(
            "case",
            "answer, bytes",
            "requests/s (range)",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "CPU µs/request",
            "allocated KiB/request",
            "peak MiB",
            "nginx requests/s",
            "of nginx"),
        all.stream()
            .map(
                one ->
                    List.of(
                        one.name(),
                        whole((double) one.bodyBytes()),
                        rate(one),
                        millis(one.full().median()),
                        millis(one.full().p99()),
                        millis(one.full().p999()),
                        whole(one.cpuMicros()),
                        tenths(one.allocatedBytes() / 1024),
                        whole(one.peakMebibytes()),
                        whole(one.limit()),
                        percent(one.rate() / one.limit())))
            .toList());
    paragraph("Processors in use at full load:");
    table(
        List.of("case", "server", "database", "generator", "idle"),
        all.stream()
            .map(
                one ->
                    List.of(
                        one.name(),
                        hundredths(one.shares().server()),
                        hundredths(one.shares().database()),
                        hundredths(one.shares().generator()),
                        hundredths(one.shares().idle())))
            .toList());
    List<List<String>> halves = new ArrayList<>();
    for (Measured one : all) {
      Measured.Half half = one.half();
      if (half != null) {
        halves.add(
            List.of(
                one.name(),
                whole(half.perSecond()),
                millis(half.latencies().median()),
                millis(half.latencies().p99()),
                millis(half.latencies().p999()),
                millis(half.limit().median()),
                millis(half.limit().p99()),
                millis(half.limit().p999())));
      }
    }
    if (!halves.isEmpty()) {
      paragraph("At half of that rate, sent at even distances whether the server keeps up or not:");
      table(
          List.of(
              "case",
              "requests/s",
              "p50 ms",
              "p99 ms",
              "p99.9 ms",
              "nginx p50 ms",
              "nginx p99 ms",
              "nginx p99.9 ms"),
          halves);
    }
  }

  /** What was measured with one server and with several. */
  void nodes(List<Nodes.Row> rows, Optional<Double> cpus) {
    table(
        List.of(
            "servers",
            "requests/s of all",
            "of the first",
            "p99 ms of the slowest",
            "processors: servers",
            "database",
            "generators",
            "idle"),
        rows.stream()
            .map(
                row ->
                    List.of(
                        "" + row.servers(),
                        whole(row.rate()),
                        hundredths(row.rate() / rows.getFirst().rate()),
                        millis(row.p99()),
                        hundredths(row.shares().server()),
                        hundredths(row.shares().database()),
                        hundredths(row.shares().generator()),
                        hundredths(row.shares().idle())))
            .toList());
    paragraph(
        cpus.map(
                share ->
                    "Once it was warm, each server could use "
                        + hundredths(share)
                        + " processors at most (a control group of the kernel), so that database and"
                        + " generators had what they needed: where processors are idle, these were"
                        + " not the limit.")
            .orElse(
                "All of them share the processors of this machine: while none are idle, a server"
                    + " more can add nothing."));
  }

  /**
   * A step of growth.
   *
   * @param startMillis from the start of the server to its first answer, once
   */
  record Grown(String what, double startMillis, Measured measured) {}

  /** How reading goes on; the first step is what the others are compared with. */
  void growth(List<Grown> steps) {
    Measured first = steps.getFirst().measured();
    table(
        List.of(
            "database",
            "requests/s (range)",
            "of a small database",
            "p99 ms",
            "CPU µs/request",
            "peak MiB",
            "start, ms",
            "of nginx"),
        steps.stream()
            .map(
                step ->
                    List.of(
                        step.what(),
                        rate(step.measured()),
                        percent(step.measured().rate() / first.rate()),
                        millis(step.measured().full().p99()),
                        whole(step.measured().cpuMicros()),
                        whole(step.measured().peakMebibytes()),
                        whole(step.startMillis()),
                        percent(step.measured().rate() / step.measured().limit())))
            .toList());
    paragraph(
        "Each line reads an environment with 100 secrets if it does not say otherwise. The"
            + " database keeps what the lines before it added.");
  }

  static String rate(Measured one) {
    return one.rates().size() == 1
        ? whole(one.rate())
        : whole(one.rate())
            + " ("
            + whole(one.rates().getFirst())
            + "–"
            + whole(one.rates().getLast())
            + ")";
  }

  static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  static String tenths(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }

  static String hundredths(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  static String millis(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.1f", value);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }

  void writeTo(Path file) throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Files.writeString(file, text.toString().strip() + "\n");
  }

  /**
   * Puts the results into the marked place of a document, instead of those that were there.
   *
   * @throws IllegalStateException if the document has no such place
   */
  void replaceIn(Path document) throws IOException {
    String old = Files.readString(document);
    int begin = old.indexOf(BEGIN);
    int end = old.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(document + " has no place for results");
    }
    Files.writeString(
        document,
        old.substring(0, begin + BEGIN.length())
            + "\n"
            + text.toString().strip()
            + "\n"
            + old.substring(end));
  }

  @Override
  public String toString() {
    return text.toString().strip();
  }
}
