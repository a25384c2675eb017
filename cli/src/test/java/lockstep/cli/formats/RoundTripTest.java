package lockstep.cli.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What is written is read back as it was, by Lockstep and by whoever else can be asked. */
final class RoundTripTest {

  /** Every value that has hurt somebody's parser. */
  private static final List<String> TRAPS =
      List.of(
          "",
          " ",
          " a ",
          "\ta\t",
          "a\nb",
          "a\r\nb\r\n",
          "\n",
          "\r",
          "'",
          "\"",
          "`",
          "'\"`$",
          "it's \\n \\' \\\" \\$ \\` \\",
          "\\",
          "\\\\",
          "'\\\n",
          "a\\\nb",
          "$HOME ${HOME} $(id) `id` !!",
          "#",
          " # no comment",
          "a#b",
          "a #b",
          "=",
          "a=b",
          "export A=1",
          "é 日本 🔑 \u0301",
          "\uFEFFa",
          "\u0085\u2028\u2029",
          "\u0001\u001b[2J\u007f\u009f",
          "null",
          "~",
          "yes",
          "0777",
          "1e3",
          "2026-11-24",
          "- a",
          "? a: b",
          "{a: b}",
          "&a *a !a",
          "%a @a",
          "a: b",
          "---\n...",
          "\"\"\"",
          "'''\n'''",
          "a,b;c",
          "a\"\"b",
          "=1+1",
          ":",
          "!",
          "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n");

  @Provide
  Arbitrary<Map<String, String>> files() {
    Arbitrary<Integer> odd =
        Arbitraries.of(
            " \t\n\r'\"`\\$#={}:,!&*-?|>%@~\u0085\u2028\uFEFF".codePoints().boxed().toList());
    Arbitrary<Integer> any =
        Arbitraries.integers()
            .between(1, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    Arbitrary<Integer> letter = Arbitraries.integers().between('0', 'z');
    Arbitrary<String> values =
        Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, odd),
                net.jqwik.api.Tuple.of(3, letter),
                net.jqwik.api.Tuple.of(1, any))
            .list()
            .ofMaxSize(40)
            .map(
                points ->
                    points.stream()
                        .collect(
                            StringBuilder::new,
                            StringBuilder::appendCodePoint,
                            StringBuilder::append)
                        .toString());
    Arbitrary<String> names =
        Arbitraries.strings()
            .withChars("ABYNOZ_019")
            .ofMinLength(1)
            .ofMaxLength(6)
            .filter(name -> !Character.isDigit(name.charAt(0)));
    return Arbitraries.maps(names, Arbitraries.oneOf(values, Arbitraries.of(TRAPS))).ofMaxSize(8);
  }

  private static Map<String, String> traps() {
    Map<String, String> traps = new LinkedHashMap<>();
    for (String value : TRAPS) {
      traps.put("V" + traps.size(), value);
    }
    return traps;
  }

  private static void assertRoundTrip(FileFormat format, Map<String, String> entries) {
    String text = format.write(entries);
    // As it is from a file.
    Entries read = format.read(new String(text.getBytes(UTF_8), UTF_8));
    assertThat(List.copyOf(read.asMap().entrySet()))
        .as("%s: %s", format, text)
        .isEqualTo(List.copyOf(entries.entrySet()));
  }

  @Property(tries = 300)
  void everyFormatReadsWhatItWrote(
      @ForAll FileFormat format, @ForAll("files") Map<String, String> entries) {
    assertRoundTrip(format, entries);
  }

  @Example
  void everyFormatHoldsEveryTrap() {
    for (FileFormat format : FileFormat.values()) {
      assertRoundTrip(format, traps());
      assertRoundTrip(format, Map.of());
    }
  }

  @Property(tries = 100)
  void aKubernetesSecretHoldsTheBytes(@ForAll("files") Map<String, String> entries) {
    JsonNode manifest =
        new YAMLMapper().readTree(KubernetesSecret.write(entries, "app", Optional.of("space")));

    assertThat(manifest.at("/kind").stringValue()).isEqualTo("Secret");
    assertThat(manifest.at("/metadata/name").stringValue()).isEqualTo("app");
    assertThat(manifest.at("/metadata/namespace").stringValue()).isEqualTo("space");
    Map<String, String> data = new LinkedHashMap<>();
    manifest
        .path("data")
        .properties()
        .forEach(
            member ->
                data.put(
                    member.getKey(),
                    new String(
                        Base64.getDecoder().decode(member.getValue().stringValue()), UTF_8)));
    assertThat(data).isEqualTo(entries);
  }

  @Property(tries = 20)
  void aShellReadsDotenvAsLockstepDoes(@ForAll("files") Map<String, String> entries)
      throws Exception {
    assertShellReads(entries);
  }

  @Example
  void aShellReadsEveryTrap() throws Exception {
    assertShellReads(traps());
  }

  private static void assertShellReads(Map<String, String> entries) throws Exception {
    Path file = Files.createTempFile("dotenv", ".env");
    try {
      Files.writeString(file, FileFormat.DOTENV.write(entries));
      assertThat(shell(file)).containsAllEntriesOf(entries);
    } finally {
      Files.delete(file);
    }
  }

  private static Map<String, String> shell(Path file) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "set -a; . \"$0\"; exec /usr/bin/env -0", file.toString());
    builder.environment().clear();
    Process shell = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).isZero();
    Map<String, String> variables = new LinkedHashMap<>();
    Arrays.stream(output.split("\0"))
        .map(entry -> entry.split("=", 2))
        .forEach(entry -> variables.put(entry[0], entry[1]));
    return variables;
  }
}
