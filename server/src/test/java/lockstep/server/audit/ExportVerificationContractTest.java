package lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an export proves without its database. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ExportVerificationContractTest extends ChainFixture {

  private List<String> lines;

  @BeforeEach
  void export() {
    record();
    // Texts that need care on their way through JSON, and a signature for the newest record.
    owner.with("User-Agent", "\"\\ agent/1 \u00e9").get("/v1/audit/events/?limit=1").is(200);
    server
        .database()
        .write(
            db -> {
              signNewest(db, organisation.id());
              return db;
            });
    lines = export(owner);
    assertThat(lines).hasSizeGreaterThan(6);
  }

  private static List<String> export(TestCaller caller) {
    List<String> lines = new ArrayList<>();
    caller
        .get("/v1/audit/chain/")
        .is(200)
        .json()
        .get("data")
        .forEach(event -> lines.add(event.toString()));
    return lines;
  }

  private static Verdict verify(
      List<String> lines, @Nullable IdentityKey key, ExpectedRecord... expected) {
    Verdict verdict = new Verdict();
    try (BufferedReader reader = new BufferedReader(new StringReader(String.join("\n", lines)))) {
      boolean intact =
          new ExportVerification(key == null ? List.of() : List.of(key), List.of(expected))
              .run(reader, verdict);
      assertThat(intact).isEqualTo(verdict.problems.isEmpty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return verdict;
  }

  private static Verdict verify(List<String> lines) {
    return verify(lines, PUBLIC_KEY);
  }

  @Test
  void anExportIsVerifiedWithoutTheDatabase() {
    Verdict verdict = verify(lines);
    assertThat(verdict.problems).isEmpty();
    AuditFindings.Chain chain = verdict.chains.getFirst();
    assertThat(chain.organisation()).isEqualTo(organisation.id().toString());
    assertThat(chain.records()).isEqualTo(lines.size());
    assertThat(chain.sequence()).isEqualTo(lines.size());
    assertThat(chain.signedSequence()).isEqualTo(lines.size());
    assertThat(lines.getLast()).contains(chain.hash());

    Verdict part = verify(lines.subList(3, lines.size()));
    assertThat(part.problems).isEmpty();
    assertThat(part.chains.getFirst().records()).isEqualTo(lines.size() - 3L);
  }

  @Test
  void everyChangedByteIsFound() {
    Sample sample = Sample.oneOf(backend == Backend.SQLITE ? 2 : 8);
    int changes = 0;
    for (int i = 0; i < lines.size(); i++) {
      byte[] line = lines.get(i).getBytes(StandardCharsets.UTF_8);
      for (int at = 0; at < line.length; at++) {
        changes++;
        if (!sample.takesNext()) {
          continue;
        }
        byte[] changed = line.clone();
        changed[at] ^= 1;
        List<String> other = new ArrayList<>(lines);
        other.set(i, new String(changed, StandardCharsets.UTF_8));
        assertThat(verify(other).problems).as(other.get(i)).isNotEmpty();
      }
    }
    assertThat(changes).isGreaterThan(3_000);
  }

  @Test
  void aChangedRecordIsNamed() {
    List<String> other = new ArrayList<>(lines);
    other.set(2, other.get(2).replace("@", "#"));
    assertThat(verify(other).lines()).containsExactly("3 CHANGED");
    other.set(2, "no event");
    assertThat(verify(other).lines()).containsExactly("0 UNREADABLE", "3 REMOVED");
  }

  @Test
  void removedExchangedAndInsertedLinesAreNamed() {
    List<String> removed = new ArrayList<>(lines);
    removed.remove(3);
    assertThat(verify(removed).lines()).containsExactly("4 REMOVED");

    List<String> swapped = new ArrayList<>(lines);
    Collections.swap(swapped, 2, 3);
    assertThat(verify(swapped).lines()).contains("3 REMOVED", "3 DUPLICATE");

    List<String> twice = new ArrayList<>(lines);
    twice.add(4, lines.get(3));
    assertThat(verify(twice).lines()).contains("4 DUPLICATE");

    TestOrganisation foreign = TestOrganisation.create(server);
    foreign.app("other");
    List<String> mixed = new ArrayList<>(lines);
    mixed.add(1, export(foreign.owner()).get(1));
    assertThat(verify(mixed).lines()).containsExactly("2 MISPLACED");
  }

  @Test
  void aSignatureOfAnotherKeyIsFoundAndWithoutAKeyNoneIsVouchedFor() {
    IdentityKey other = Checkpoints.publicKey(ServerKey.parse("ab".repeat(32)));
    assertThat(verify(lines, other).lines()).containsExactly(lines.size() + " CHECKPOINT");

    Verdict without = verify(lines, null);
    assertThat(without.problems).isEmpty();
    assertThat(without.chains.getFirst().signedSequence()).isZero();
  }

  @Test
  void aRecordOfAnotherPlaceIsNotTakenForTheFirst() {
    String first =
        lines.getFirst().replace(organisation.id().toString(), UUID.randomUUID().toString());
    assertThat(verify(List.of(first)).lines()).contains("1 MISPLACED", "1 CHANGED");
  }

  @Test
  void anExportWithoutEventsProvesNothing() {
    assertThat(verify(List.of()).lines()).containsExactly("0 EMPTY");
    assertThat(verify(List.of("no event")).lines()).contains("0 UNREADABLE");
  }

  @Test
  void whatWasNotedDownMustBeInTheExportOrDirectlyBeforeIt() {
    ExpectedRecord newest = expected(lines.size());
    ExpectedRecord third = expected(3);
    assertThat(verify(lines, null, newest, third).problems).isEmpty();
    List<String> rest = lines.subList(3, lines.size());
    assertThat(verify(rest, null, newest, third).problems).isEmpty();

    ExpectedRecord other =
        new ExpectedRecord(third.organisation(), third.sequence(), "ab".repeat(32));
    assertThat(verify(lines, null, other).lines()).containsExactly("3 UNEXPECTED");
    assertThat(verify(rest, null, other).lines()).containsExactly("3 UNEXPECTED");
    assertThat(verify(rest, null, expected(1)).lines()).containsExactly("1 UNEXPECTED");
    assertThat(verify(lines.subList(0, 3), null, newest).lines())
        .containsExactly(lines.size() + " UNEXPECTED");
    assertThat(verify(List.of(), null, third).lines()).containsExactly("0 EMPTY", "3 UNEXPECTED");
  }

  private ExpectedRecord expected(int number) {
    Verdict upToThere = verify(lines.subList(0, number), null);
    return ExpectedRecord.parse(
        organisation.id() + ":" + number + ":" + upToThere.chains.getFirst().hash());
  }
}
