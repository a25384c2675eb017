package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import lockstep.crypto.Ciphertext;
import lockstep.server.store.tables.tables.records.SecretRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestClient;
import org.junit.jupiter.api.Test;

/** Clients that encrypt for themselves can store what the server, and anybody, cannot decrypt. */
@ContractTest
final class UnreadableSecretsContractTest extends SecretsContract {

  private static final String FOREIGN =
      Ciphertext.encrypt("lost", TestCeremony.perform().publicKey()).text();

  private UUID unreadable(String key, Consumer<SecretRecord> difference) {
    return new StoredRows(server, app, "Development").insert(key, "v", difference);
  }

  @Test
  void oneDoesNotKeepTheOthersFromBeingRead() {
    create(secret("A", "a"), secret("Z", "z"));
    UUID value = unreadable("VALUE", row -> row.setValueCiphertext(FOREIGN));
    unreadable("KEY", row -> row.setKeyCiphertext(FOREIGN));
    unreadable("COMMENT", row -> row.setCommentCiphertext(FOREIGN));
    assertThat(keys(list())).containsExactly("A", "Z");
    assertThat(list("key", "value")).isEmpty();

    // It is still there: its name is taken, and it can be written again, or deleted.
    assertCreateRefused(409, DUPLICATE, secret("VALUE", "again"));
    update(change(value.toString(), "value", "legible"));
    assertThat(each(list(), "value")).containsExactly("a", "z", "legible");
    delete(value.toString());
  }

  @Test
  void anUnreadableOverrideHidesItsSecretRatherThanShowTheWrongValue() {
    String id = createOne(secret("A", "shared"));
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    client.update(object("id", id, "override", object("value", FOREIGN, "isActive", true))).is(200);
    assertThat(list()).isEmpty();
    assertThat(client.list()).hasSize(1);
    update(change(id, "override", override("mine", true)));
    assertThat(list().get(0).get("override").get("value").stringValue()).isEqualTo("mine");
  }

  @Test
  void referencesToOneLeadNowhere() {
    unreadable("LOST", row -> row.setValueCiphertext(FOREIGN));
    create(secret("A", "${LOST}!"));
    assertThat(each(list(), "value")).containsExactly("${LOST}!");
    assertThat(each(list("key", "A"), "value")).containsExactly("${LOST}!");
  }

  @Test
  void aChangeThatLeavesOneUnreadableHappensAndIsNotAnswered() {
    UUID id = unreadable("LOST", row -> row.setKeyCiphertext(FOREIGN));
    assertThat(update(change(id.toString(), "value", "new"))).isEmpty();
    assertThat(update(change(id.toString(), "key", "FOUND")).get(0).get("value").stringValue())
        .isEqualTo("new");
    assertThat(List.of(list().get(0).get("version").intValue())).containsExactly(3);
  }
}
