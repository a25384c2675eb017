package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class VectorsTest {

  private static final String DEVELOPMENT = "11111111-2222-4333-8444-555555555501";

  @ParameterizedTest
  @ValueSource(strings = {"User", "ServiceAccount", "Service"})
  void everyKindOfTokenReadsWhatOthersWrote(String kind) {
    JsonNode token = Vectors.token(kind);
    JsonNode secrets = Vectors.secretsResponse();
    try (ScriptedServer server =
            ScriptedServer.start()
                .tokens(token.get("tokens_response").toString())
                .secrets(DEVELOPMENT, secrets.get("body_snake_case").toString());
        LockstepClient client =
            LockstepClient.connect(server.address() + "//", token.get("token").stringValue())) {
      Secrets read = client.environment("example-app", "development").list();

      assertThat(read.size()).isEqualTo(secrets.get("expected").size());
      for (JsonNode expected : secrets.get("expected")) {
        Secret secret =
            read.find(expected.get("path").stringValue(), expected.get("key").stringValue())
                .orElseThrow();
        assertThat(secret.writtenValue()).isEqualTo(expected.get("value").stringValue());
        assertThat(secret.comment()).isEqualTo(expected.get("comment").stringValue());
        text(expected, "shared_value")
            .ifPresent(shared -> assertThat(secret.sharedValue()).isEqualTo(shared));
        text(expected, "override_value")
            .ifPresent(
                own ->
                    assertThat(secret.override())
                        .isEqualTo(Optional.of(new PersonalOverride(own, false))));
      }
      assertThat(read.find("/backend", "URL").orElseThrow().value())
          .isEqualTo("postgres://u:p@h/db?x=1");
      assertThat(server.arrived())
          .allSatisfy(
              request ->
                  assertThat(request.header("Authorization"))
                      .contains(token.get("authorization_header").stringValue()))
          .extracting(ScriptedServer.Arrived::uri)
          .containsExactly("/service/secrets/tokens/", "/service/secrets/");
      JsonNode keys = token.get("expected_environments").get(0);
      assertThat(
              client.environment("example-app", DEVELOPMENT).keyGrants().environmentIdentityKey())
          .isEqualTo(keys.get("public_key").stringValue());
    }
  }

  private static Optional<String> text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value == null ? Optional.empty() : value.stringValueOpt();
  }
}
