package lockstep.cli.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of all formats, cut up, mixed and glued together, with a new seed on every run. Each is
 * read or refused in few words, and what was read is text that is read again as it was after it has
 * been written. The system property {@code lockstep.fuzz.seconds} says for how long, all formats
 * together.
 */
final class FormatsFuzzTest {

  private static final int USUAL_SECONDS = 3;
  private static final int FEWEST_FILES = 300;
  private static final int LONGEST_FILE = 4_000;
  private static final Duration LONGEST_READ = Duration.ofSeconds(10);

  private static final List<String> WHOLE =
      List.of(
          "A=value\nexport B='value\nx' # c\nC=\"value \\n\\\"\\$\"\n",
          "{\"A\": \"value\", \"B\": 1e3, \"C\": true, \"D\": \"\\ud83d\\ude00\"}",
          "A: value\nB: 'x'\nC: |\n  value\n  x\nD: >-\n  value\n\"E\": \"\\x41\\u00e9\"\n",
          "---\nA: &a value\nB: *a\n<<: {A: value}\n...\n",
          "A = \"value\"\nB = '''value\n'''\nC = 1_000\nD = 1979-05-27T07:32:00Z\nE = 0xff\n",
          "A = \"\"\"\nvalue \\\n  x\"\"\"\n[t]\na.b = {c = 1}\n[[u]]\n",
          "key,value\r\nA,value\r\n\"B\",\"value\"\"\r\n\"\r\n",
          "A=value\\\n  x\nB\\ C:value\n! c\nD=\\u0041\n");
  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r\n",
          "\r",
          "=",
          ":",
          ": ",
          ",",
          "#",
          " #",
          "'",
          "\"",
          "`",
          "\\",
          "\\u",
          "\\ud800",
          "\\uD83D",
          "\\x",
          "\\U0001F511",
          "\"\"\"",
          "'''",
          "{",
          "}",
          "[",
          "]",
          "- ",
          "? ",
          "|",
          ">",
          "&a ",
          "*a",
          "!!str ",
          "!!binary ",
          "%YAML 1.1\n",
          "---\n",
          "...\n",
          "<<",
          "\t",
          "  ",
          "export ",
          "key,value\n",
          "A",
          "B",
          "value",
          "1e999999999",
          "-0",
          "0x_1",
          "+inf",
          "nan",
          "1979-05-27",
          "null",
          "~",
          "yes",
          "\0",
          "\uFEFF",
          "\u0085",
          "\u2028",
          "é",
          "😀",
          "$",
          ".");

  private static Duration time() {
    return Duration.ofSeconds(Integer.getInteger("lockstep.fuzz.seconds", USUAL_SECONDS))
        .dividedBy(FileFormat.values().length);
  }

  @ParameterizedTest
  @EnumSource
  void everyFileIsReadOrRefused(FileFormat format) {
    long seed = new Random().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    long end = System.nanoTime() + time().toNanos();
    int files = 0;
    int read = 0;
    while (files < FEWEST_FILES || System.nanoTime() - end < 0) {
      String file = file(random);
      assertThatCode(() -> check(format, file))
          .as("file %d of %s, seed %d: <%s>", files, format, seed, file)
          .doesNotThrowAnyException();
      read += isReadable(format, file) ? 1 : 0;
      files++;
    }
    assertThat(read).as("files that were read, of %d, seed %d", files, seed).isPositive();
  }

  private static boolean isReadable(FileFormat format, String file) {
    try {
      format.read(file);
      return true;
    } catch (FormatException refused) {
      return false;
    }
  }

  private static void check(FileFormat format, String file) {
    Map<String, String> entries;
    long start = System.nanoTime();
    try {
      entries = format.read(file).asMap();
    } catch (FormatException refused) {
      // Names of the file may be in it.
      assertThat(refused.getMessage()).hasSizeLessThan(file.length() + 200);
      return;
    } finally {
      assertThat(System.nanoTime() - start).isLessThan(LONGEST_READ.toNanos());
    }
    String written;
    try {
      written = format.write(entries);
    } catch (FormatException refused) {
      // Names that shells do not take, and zeros; names that the library does not quote.
      assertThat(format).isIn(FileFormat.DOTENV, FileFormat.YAML);
      return;
    }
    Map<String, String> again = format.read(new String(written.getBytes(UTF_8), UTF_8)).asMap();
    assertThat(List.copyOf(again.entrySet())).isEqualTo(List.copyOf(entries.entrySet()));
  }

  /** As it comes of a file, and so without lone surrogates, other than escaped ones. */
  private static String file(SplittableRandom random) {
    StringBuilder text = new StringBuilder(WHOLE.get(random.nextInt(WHOLE.size())));
    int changes = random.nextInt(8);
    for (int i = 0; i < changes && text.length() < LONGEST_FILE; i++) {
      int at = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, text.substring(at, to).repeat(1 + random.nextInt(3)));
        case 2 -> {
          String other = WHOLE.get(random.nextInt(WHOLE.size()));
          text.insert(at, other.substring(random.nextInt(other.length())));
        }
        default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return new String(text.toString().getBytes(UTF_8), UTF_8);
  }

  static Stream<String> hostile() {
    List<String> files = new ArrayList<>();
    int many = 50_000;
    for (String one :
        List.of(
            "[", "{", "{\"a\":", "- ", "? ", "!", "\"", "'", "`", "\\", "#", "\n", "a.", "&a ")) {
      files.add(one.repeat(many));
      files.add("A = " + one.repeat(many));
      files.add("A: " + one.repeat(many));
      files.add("{\"A\": " + one.repeat(many));
    }
    for (String number : List.of("1", "-1", "1.", "0x", "1e", "0.")) {
      files.add("{\"A\": " + number + "9".repeat(many) + "}");
      files.add("A: " + number + "9".repeat(many));
      files.add("A = " + number + "9".repeat(many));
    }
    StringBuilder laughs = new StringBuilder("A0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      laughs.append("A%d: &a%d [%s]\n".formatted(i, i, "*a%d,".formatted(i - 1).repeat(9)));
    }
    files.add(laughs.toString());
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < many / 4; i++) {
      names.append('K').append(i).append("=1\n");
    }
    files.add(names.toString());
    files.add(names.toString().replace("=", ": "));
    files.add("key,value\n" + names.toString().replace("=", ","));
    files.add("key,value\n" + "\"\"\"".repeat(many));
    files.add("A = {" + "b.".repeat(many) + "c = 1}");
    return files.stream();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("hostile")
  @Timeout(120)
  void aFileThatIsMadeToHurtIsReadOrRefused(String file) {
    for (FileFormat format : FileFormat.values()) {
      assertThatCode(() -> check(format, file))
          .as("%s of %s...", format, file.substring(0, 40))
          .doesNotThrowAnyException();
    }
  }
}
