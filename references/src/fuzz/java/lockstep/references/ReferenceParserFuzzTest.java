package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import lockstep.references.Segment.Reference;
import lockstep.references.Segment.Text;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random values, made mostly of what means something to the parser; a new seed on every run. */
class ReferenceParserFuzzTest {

  private static final int VALUES = 200_000;
  private static final String[] TOKENS = {
    "${",
    "}",
    "{",
    "$",
    ".",
    "::",
    ":",
    "/",
    "//",
    "a",
    "KEY",
    " ",
    "\n",
    "\0",
    "é",
    "😀",
    "\ud83d",
    "${a}",
    "${a.b}",
    "${a::b.c}",
    "${/a/b}",
    "${}",
    "${a.}",
    "}}"
  };

  @Test
  void parsesEveryValueAsTheGrammarSays() {
    long seed = new Random().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < VALUES; i++) {
      String value = randomValue(random);
      List<Segment> segments = ReferenceParser.parse(value);

      assertThat(segments.stream().map(Segment::text).collect(Collectors.joining()))
          .as("pieces, seed %d", seed)
          .isEqualTo(value);
      assertThat(references(segments))
          .as("references of %s, seed %d", value, seed)
          .isEqualTo(SlowResolver.references(value));
      assertThat(hasTextsSideBySide(segments)).as("texts, seed %d", seed).isFalse();
    }
  }

  private static String randomValue(SplittableRandom random) {
    StringBuilder value = new StringBuilder();
    int length = random.nextInt(24);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(16) == 0) {
        value.append((char) random.nextInt(0x10000));
      } else {
        value.append(TOKENS[random.nextInt(TOKENS.length)]);
      }
    }
    return value.toString();
  }

  private static List<List<@Nullable String>> references(List<Segment> segments) {
    List<List<@Nullable String>> references = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment instanceof Reference reference) {
        references.add(
            Arrays.asList(
                reference.app(),
                reference.environment(),
                reference.path().text(),
                reference.key(),
                reference.text()));
      }
    }
    return references;
  }

  private static boolean hasTextsSideBySide(List<Segment> segments) {
    for (int i = 1; i < segments.size(); i++) {
      if (segments.get(i - 1) instanceof Text && segments.get(i) instanceof Text) {
        return true;
      }
    }
    return false;
  }
}
