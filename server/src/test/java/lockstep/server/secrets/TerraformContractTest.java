package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Json;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the Terraform provider does, at the address where it does it. */
@ContractTest
final class TerraformContractTest extends SecretsContract {

  private static final String AGENT = "terraform-provider-phase/0.2.0 (linux amd64; me@host)";

  private String place() {
    return "/service/public" + app.secrets();
  }

  @Test
  void itCreatesReadsUpdatesAndDeletesWithTokensOfAllKinds() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, app, "Development");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    for (TestCaller plain : List.of(owner, account, legacy)) {
      TestCaller terraform = plain.with("User-Agent", AGENT);
      String id =
          terraform
              .post(place(), body(secretWith("tf_key", "path", "/", "tags", List.of("a", "b c"))))
              .is(200)
              .id();
      JsonNode read = terraform.get(place() + "&key=tf_key").is(200).json();
      assertThat(read).hasSize(1);
      JsonNode row = read.get(0);
      assertThat(row.get("id").stringValue()).isEqualTo(id);
      assertThat(row.get("version").isInt()).isTrue();
      assertThat(terraform.get(place() + "&tags=" + encoded("x,b c")).is(200).json()).hasSize(1);

      // It sends back what it knows, read-only members included.
      Map<String, Object> update = change(id, "key", "tf_key", "value", "new", "path", "/");
      update.put("version", row.get("version").intValue());
      update.put("keyDigest", row.get("keyDigest").stringValue());
      update.put("createdAt", row.get("createdAt").stringValue());
      update.put("updatedAt", row.get("updatedAt").stringValue());
      update.put("unknown", List.of());
      JsonNode updated = terraform.put(place(), body(update)).is(200).json();
      assertThat(updated.get(0).get("id").stringValue()).isEqualTo(id);
      assertThat(updated.get(0).get("value").stringValue()).isEqualTo("new");
      assertThat(updated.get(0).get("tags")).hasSize(2);
      terraform.delete(place(), body(id)).is(200);
    }
  }

  @Test
  void itSeesAConflictInTheStatusLine() {
    create(secretWith("A"));
    RawResponse answer =
        RawRequest.send(
            owner.with("User-Agent", AGENT), "POST", place(), Json.write(body(secretWith("A"))));
    assertThat(answer.status() + " " + answer.reason()).isEqualTo("409 Conflict");
  }

  @Test
  void theSameSecretIsTheFirstEachTime() {
    create(secretWith("A", "path", "/z"), secretWith("A", "path", "/b"));
    String first = create(secretWith("A")).get(0).get("id").stringValue();
    for (int i = 0; i < 3; i++) {
      JsonNode read = owner.get(place() + "&key=A").is(200).json();
      assertThat(read.get(0).get("id").stringValue()).isEqualTo(first);
      update(change(first, "value", "v" + i));
    }
  }
}
