package lockstep.server.security;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Names that look or fold alike never meet at one thing: an environment is found by the ASCII
 * letters of its name in any case, and by nothing else.
 */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class NameFoldingTest extends OnBothDatabases {

  /** Alike in the eye, under Unicode case folding, or after normalisation. */
  private static final List<String> ALIKE =
      List.of(
          "\u017Fki", // long s, whose upper case is S
          "s\u212Ai", // Kelvin sign, whose lower case is k
          "sk\u0131", // dotless i, whose upper case is I
          "SK\u0130", // dotted I, whose lower case is i and a combining dot
          "\u0455ki", // Cyrillic dze
          "\uFF53ki", // full-width s
          "ski\u0307",
          "s\u200Bki",
          "ski\u200D",
          "\uFEFFski",
          "ski.",
          "ski ",
          " ski",
          "ski\t",
          "ski\u00A0",
          "ski/",
          "ski%",
          "sk_",
          "sk?",
          "s%",
          "*");

  private TestApp app;

  @BeforeEach
  void createApp() {
    app = organisation.app("app", "ski", "Development");
    owner.post(app.secrets("ski"), TestApp.body(TestApp.secret("K", "v"))).is(201);
  }

  @Test
  void anEnvironmentIsFoundInAnyCaseOfItsLetters() {
    for (String name : List.of("ski", "SKI", "Ski", "sKi")) {
      assertThat(owner.get(app.secrets(name)).is(200).each("value")).containsExactly("v");
    }
  }

  @Test
  void noOtherNameFindsAnEnvironment() {
    for (String alike : ALIKE) {
      owner
          .get(app.secrets(alike))
          .isError(404, "Environment '" + alike + "' not found in App " + app.id());
      owner
          .post(app.secrets(alike), TestApp.body(TestApp.secret("L", "v")))
          .isError(404, "Environment '" + alike + "' not found in App " + app.id());
    }
  }

  @Test
  void noEnvironmentHasANameThatIsAlike() {
    String error =
        "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed"
            + " (max 64 characters).";
    for (String alike : ALIKE) {
      if (alike.equals("sk_")) {
        continue;
      }
      owner.post("/v1/environments/?app_id=" + app.id(), object("name", alike)).isError(400, error);
      owner
          .put("/v1/environments/" + app.environment("ski") + "/", object("name", alike))
          .isError(400, error);
    }
  }

  @Test
  void noReferenceFindsAnEnvironmentByANameThatIsAlike() {
    for (String alike : List.of("\u017Fki", "s\u212Ai", "sk\u0131")) {
      String reference = "${" + alike + ".K}";
      String id = owner.post(app.secrets(), TestApp.body(TestApp.secret("REF", reference))).id();
      assertThat(owner.get(app.secrets() + "&key=REF").is(200).each("value"))
          .containsExactly(reference);
      owner.delete(app.secrets(), TestApp.body(id)).is(200);
    }
  }

  @Test
  void appsOfAlikeNamesStayApart() {
    for (String alike : ALIKE) {
      String id = owner.post("/v1/apps/", object("name", alike)).is(201).id();
      assertThat(id).isNotEqualTo(app.id());
      owner.delete("/v1/apps/" + id + "/").is(204);
    }
    owner.get("/v1/apps/" + app.id() + "/").is(200);
  }
}
