package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretPathTest {

  @ParameterizedTest
  @CsvSource({
    "'', /",
    "/, /",
    "///, /",
    "a, /a",
    "/a, /a",
    "a/, /a",
    "/a/, /a",
    "//a///b//, /a/b",
    "/A/b, /A/b",
    "' a /b', '/ a /b'",
    "/./.., /./..",
    "/é/😀, /é/😀",
  })
  void hasOneSpelling(String text, String spelling) {
    assertThat(SecretPath.of(text)).hasToString(spelling).isEqualTo(SecretPath.of(spelling));
    assertThat(SecretPath.of(text)).hasSameHashCodeAs(SecretPath.of(spelling));
    assertThat(SecretPath.of(text).text()).isEqualTo(spelling);
    assertThat(SecretPath.ofBounded(text)).isEqualTo(SecretPath.of(text));
  }

  @Test
  void letterCaseAndSpacesCount() {
    assertThat(SecretPath.of("/a"))
        .isNotEqualTo(SecretPath.of("/A"))
        .isNotEqualTo(SecretPath.of("/a "))
        .isNotEqualTo("/a");
  }

  @Test
  void knowsItsFolders() {
    SecretPath path = SecretPath.of("/a/b/c");

    assertThat(path.segments()).containsExactly("a", "b", "c");
    assertThat(path.isRoot()).isFalse();
  }

  @Test
  void theRootLiesInNoFolder() {
    assertThat(SecretPath.ROOT.isRoot()).isTrue();
    assertThat(SecretPath.ROOT.segments()).isEmpty();
    assertThat(SecretPath.ROOT.text()).isEqualTo("/");
  }

  @Property
  void isMadeOfItsFolders(
      @ForAll @Chars({'/', 'a', '.', ' '}) @StringLength(max = 12) String text) {
    SecretPath path = SecretPath.of(text);
    List<String> segments = path.segments();

    assertThat(segments).doesNotContain("");
    assertThat(path.text()).isEqualTo("/" + String.join("/", segments));
    assertThat(SecretPath.of(path.text())).isEqualTo(path);
  }

  @Test
  void storedPathsHaveAtMost4096Characters() {
    String longest = "/😀".repeat(2048);

    assertThat(SecretPath.ofBounded(longest + "//").text()).isEqualTo(longest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretPath.ofBounded(longest + "x"))
        .withMessage("'path' cannot exceed 4096 characters.");
    assertThat(SecretPath.of(longest + "x").segments()).hasSize(2048);
  }

  @Test
  void storedFolderNamesHaveAtMost64Characters() {
    String longest = "😀".repeat(64);

    assertThat(SecretPath.ofBounded("/a/" + longest + "/b").segments()).contains(longest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretPath.ofBounded("/a/" + longest + "x/b"))
        .withMessage("Folder name exceeds 64 characters: '" + "😀".repeat(32) + "'…");
  }
}
