package lockstep.cli.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that other programs wrote. */
final class FileFormatTest {

  @ParameterizedTest
  @CsvSource({
    ".env, DOTENV",
    ".env.local, DOTENV",
    "production.ENV, DOTENV",
    "a.json, JSON",
    ".env.json, JSON",
    "a.yaml, YAML",
    "a.yml, YAML",
    "a.csv, CSV",
    "a.toml, TOML",
    "application.properties, JAVA_PROPERTIES",
    "a.txt,",
    "-,"
  })
  void theNameOfAFileTellsItsFormat(String name, @Nullable FileFormat format) {
    assertThat(FileFormat.ofFile(name)).isEqualTo(Optional.ofNullable(format));
  }

  @Test
  void numbersAndTruthsKeepTheFormInWhichTheyAreWritten() {
    assertThat(
            FileFormat.JSON.read("{\"A\": 1.50, \"B\": true, \"C\": 12345678901234567890}").asMap())
        .isEqualTo(Map.of("A", "1.50", "B", "true", "C", "12345678901234567890"));
    assertThat(FileFormat.YAML.read("A: 0777\nB: 1e3\nC: yes\nD: 2026-11-24\nE: 1_0").asMap())
        .isEqualTo(Map.of("A", "0777", "B", "1e3", "C", "yes", "D", "2026-11-24", "E", "1_0"));
    assertThat(FileFormat.TOML.read("A = 80\nB = true").asMap())
        .isEqualTo(Map.of("A", "80", "B", "true"));
  }

  @Test
  void yamlBlocksAreTexts() {
    assertThat(FileFormat.YAML.read("A: |\n  1\n  2\nB: >-\n  3\n  4\n").asMap())
        .isEqualTo(Map.of("A", "1\n2\n", "B", "3 4"));
  }

  @Test
  void otherColumnsOfCsvArePassedOver() {
    assertThat(FileFormat.CSV.read("Note, Value ,KEY\nx,1,A\n\n,\"2\n\"\"\",B").asMap())
        .isEqualTo(Map.of("A", "1", "B", "2\n\""));
  }

  @Test
  void propertiesMayHaveSpacesCommentsAndSeveralLines() {
    assertThat(FileFormat.JAVA_PROPERTIES.read("# a\n! b\nA : 1 \\\n   2\nB\\ C=\\u0041\n").asMap())
        .isEqualTo(Map.of("A", "1 2", "B C", "A"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"A\":\"canary\",\"A\":\"x\"}",
        "{\"A\":null}",
        "{\"A\":{\"B\":\"canary\"}}",
        "{\"A\":[\"canary\"]}",
        "[\"canary\"]",
        "\"canary\"",
        "{\"A\":\"canary\"",
        "{\"A\":\"canary\"} {}",
        "{\"A\":canary}",
        "{\"\":\"canary\"}"
      })
  void whatIsNotFlatJsonIsRefusedWithoutAValue(String text) {
    refuses(FileFormat.JSON, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: canary\nA: x",
        "A:",
        "A: null",
        "A:\n  B: canary",
        "- canary",
        "canary",
        "A: &a canary\nB: *a",
        "A: canary\n---\nB: x",
        "A: 'canary",
        "A: canary: x"
      })
  void whatIsNotFlatYamlIsRefusedWithoutAValue(String text) {
    refuses(FileFormat.YAML, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"A = 'canary'\nA = 'x'", "[A]\nB = 'canary'", "A = ['canary']", "A = canary", "A"})
  void whatIsNotFlatTomlIsRefusedWithoutAValue(String text) {
    refuses(FileFormat.TOML, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "key\nA",
        "A,canary",
        "key,value\nA,canary,x",
        "key,value\nA,canary\nA,x",
        "key,value\nA,\"canary",
        "key,value\nA,\"canary\"x",
        "key,value\n,canary"
      })
  void whatIsNoCsvOfKeysAndValuesIsRefusedWithoutAValue(String text) {
    refuses(FileFormat.CSV, text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=canary\nA=x", "A=canary\\u00"})
  void brokenPropertiesAreRefusedWithoutAValue(String text) {
    refuses(FileFormat.JAVA_PROPERTIES, text);
  }

  @Test
  void halfACharacterIsRefusedInsteadOfBecomingAnother() {
    refuses(FileFormat.JSON, "{\"A\": \"canary\\ud83d\"}");
    refuses(FileFormat.JSON, "{\"A\\udd11\": \"canary\"}");
    refuses(FileFormat.YAML, "A: \"canary\\ud83d\"");
    refuses(FileFormat.TOML, "A = \"canary\\ud83d\"");
    refuses(FileFormat.JAVA_PROPERTIES, "A=canary\\ud83d");
    assertThat(FileFormat.JSON.read("{\"A\": \"\\ud83d\\udd11\"}").asMap())
        .isEqualTo(Map.of("A", "🔑"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0085", "\uFEFF"})
  void aNameThatYamlWouldReadAsAnotherIsNotWritten(String name) {
    assertThatThrownBy(() -> FileFormat.YAML.write(Map.of(name, "x")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("use json");
    assertThat(FileFormat.JSON.read(FileFormat.JSON.write(Map.of(name, "x"))).asMap())
        .isEqualTo(Map.of(name, "x"));
  }

  /** More than three million characters, where the library for YAML would stop. */
  @ParameterizedTest
  @EnumSource(
      value = FileFormat.class,
      names = {"JSON", "YAML", "TOML", "CSV", "JAVA_PROPERTIES"})
  void longFilesAreWrittenAndRead(FileFormat format) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (int i = 0; i < 4_000; i++) {
      entries.put("NAME_" + i, "v".repeat(1_000));
    }
    assertThat(format.read(format.write(entries)).asMap()).isEqualTo(entries);
  }

  private static void refuses(FileFormat format, String text) {
    assertThatThrownBy(() -> format.read(text))
        .isInstanceOf(FormatException.class)
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a_b", "-a", "a-", "a..b", "a\nb"})
  void kubernetesRefusesNamesThatItDoesNotAllow(String name) {
    assertThatThrownBy(() -> KubernetesSecret.write(Map.of(), name, Optional.empty()))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> KubernetesSecret.write(Map.of("A B", "x"), "a", Optional.empty()))
        .isInstanceOf(FormatException.class);
  }
}
