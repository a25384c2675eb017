package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;

/** What all the references of one answer may cost together. */
@ContractTest
final class ResponseBudgetContractTest extends ReferenceFixture {

  @Test
  void anAnswerGrowsByAtMost16MebibytesThroughReferences() {
    given("BIG=" + "x".repeat(65_536));
    String mebibyte = "${BIG}".repeat(16);
    Object[] secrets =
        IntStream.range(10, 28).mapToObj(i -> secret("S" + i, mebibyte)).toArray(Object[]::new);

    var created = owner.post(web.secrets("dev"), body(secrets)).is(201).json();
    var listed = owner.get(web.secrets("dev")).is(200).json();

    assertThat(created.get(15).get("value").stringValue()).hasSize(1 << 20);
    assertThat(created.get(16).get("value").stringValue()).isEqualTo(mebibyte);
    assertThat(created.get(17).get("value").stringValue()).isEqualTo(mebibyte);
    assertThat(listed.get(16).get("value").stringValue()).hasSize(1 << 20);
    assertThat(listed.get(17).get("value").stringValue()).isEqualTo(mebibyte);
  }

  @Test
  void anAnswerFollowsAtMost20000References() {
    given("C=c");
    String thousand = "${C}".repeat(1_000);
    Object[] secrets =
        IntStream.range(10, 31).mapToObj(i -> secret("S" + i, thousand)).toArray(Object[]::new);

    var created = owner.post(web.secrets("dev"), body(secrets)).is(201).json();

    assertThat(created.get(19).get("value").stringValue()).isEqualTo("c".repeat(1_000));
    assertThat(created.get(20).get("value").stringValue()).isEqualTo(thousand);
    assertThat(read(owner, "S30")).isEqualTo("c".repeat(1_000));
  }
}
