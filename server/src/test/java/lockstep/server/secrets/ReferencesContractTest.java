package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** References as they are resolved in answers. Secrets that are given are separated by commas. */
@ContractTest
final class ReferencesContractTest extends ReferenceFixture {

  @ParameterizedTest
  @CsvSource(
      value = {
        "${K}                     | root",
        "${/f/K}                  | folder",
        "${f/K}                   | folder",
        "${/f/g/K}                | deep",
        "${prod.K}                | prod",
        "${prod./f/K}             | prod folder",
        "${prod.f/K}              | prod folder",
        "${api::prod.K}           | api",
        "${api::prod./f/K}        | api folder",
        "${api::prod.f/K}         | api folder",
        "${web::dev.K}            | root",
        "${dev./f/K}              | folder",
        "${K}-${prod.K}-${f/K}    | root-prod-folder"
      },
      delimiter = '|')
  void eachFormLeadsToItsSecret(String value, String expected) {
    app("api", "prod");
    given("K=root", "/f/K=folder", "/f/g/K=deep", "prod K=prod", "prod /f/K=prod folder");
    given("api::prod K=api", "api::prod /f/K=api folder");

    assertResolved(value, expected);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "${API::Prod.K}  | api",
        "${PROD.K}       | prod",
        "${k}            | root",
        "${/F/k}         | ${/F/k}",
        "${f/k}          | folder",
        "${pROD.straße}  | ss",
        "${prod.ı}       | i"
      },
      delimiter = '|')
  void appsEnvironmentsAndKeysIgnoreCaseAndPathsDoNot(String value, String expected) {
    app("api", "prod");
    given("K=root", "/f/K=folder", "prod K=prod", "api::prod K=api");
    given("prod STRASSE=ss", "prod I=i");

    assertResolved(value, expected);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "${C}${C}                 | C=c                      | cc",
        "${NOPE}-${C}             | C=c                      | ${NOPE}-c",
        "[${B}]                   | B=b${NOPE}               | [b${NOPE}]",
        "$${C}                    | C=c                      | $c",
        "${C}}                    | C=c                      | c}",
        "${{C}} ${C}              | C=c                      | ${{C}} c",
        "${B}                     | B=${{C}},C=c             | ${{C}}",
        "${ C }                   | C=c                      | ${ C }",
        "${c}                     | C=c                      | c",
        "${PROD.B}                | prod B=b                 | b",
        "${API::Prod.B}           | api::prod B=b            | b",
        "${B}                     | B=root,/f/B=folder       | root",
        "${//f//B}                | /f/B=folder              | folder",
        "${B/}                    | B=b                      | ${B/}",
        "${prod.B.C}              | prod B.C=v               | v",
        "${B.C}                   | B.C=v                    | ${B.C}",
        "${/v1.2/K}               | /v1.2/K=v                | ${/v1.2/K}",
        "${dev./v1.2/K}           | /v1.2/K=v                | v",
        "${api::K}                | api::prod K=k            | ${api::K}",
        "${api::K}                | api::K=local             | local",
        "${prod.a::b}             | prod A::B=v              | ${prod.a::b}",
        "${}${prod.}${::prod.B}   | prod B=b                 | ${}${prod.}${::prod.B}",
        "${.B}                    | B=b                      | ${.B}",
        "${api::.B}               | api::prod B=b            | ${api::.B}",
        "${web::prod.B}           | prod B=b                 | b",
        "${X${B}}                 | B=Y,XY=boom              | ${XY}",
        "${X${prod.B}}            | prod B=Y,XY=boom         | ${XY}",
        "${B}${C}                 | B=${,C=D},D=boom         | ${D}",
        "${prod.B}${C}            | prod B=${C},C=c          | ${C}c",
        "${api::prod.B}           | api::prod B=h=${H},H=own | h=${H}",
        "${api::prod.B}           | api::prod B=${H},api::prod H=theirs,H=own | theirs",
        "${nope::prod.B}-${C}     | C=c                      | ${nope::prod.B}-c",
        "${nope.B}-${C}           | C=c                      | ${nope.B}-c",
        "${pro.B}                 | prod B=b                 | ${pro.B}",
        "${${C}}                  | C=c                      | ${c}",
        "${ prod.B}               | prod B=b                 | ${ prod.B}",
        "${C} ${                  | C=c                      | c ${",
        "${C                      | C=c                      | ${C"
      },
      delimiter = '|')
  void theEdgeCasesOfTheGrammar(String value, String given, String expected) {
    app("api", "prod");
    given(given.split(","));

    assertResolved(value, expected);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "x${A}                | ''                  | x${A}",
        "a${B}                | B=b${A}             | ab${A}",
        "a${B}                | B=b${C},C=c${B}     | abc${B}",
        "${B}${B}             | B=${C},C=c          | cc",
        "${B}/${C}            | B=b${C},C=c${B}     | bc${B}/cb${C}",
        "${prod.B}            | prod B=b${dev.A}    | b${dev.A}",
        "${dev.A}${web::dev.A} | ''                 | ${dev.A}${web::dev.A}"
      },
      delimiter = '|')
  void aReferenceThatClosesACycleStays(String value, String given, String expected) {
    if (!given.isEmpty()) {
      given(given.split(","));
    }

    assertResolved(value, expected);
  }

  @Test
  void aChainHoldsAtMost25Secrets() {
    given(
        IntStream.rangeClosed(2, 27)
            .mapToObj(i -> "K" + i + "=" + (i == 27 ? "end" : "${K" + (i + 1) + "}"))
            .toArray(String[]::new));

    assertThat(read(owner, "K3")).isEqualTo("end");
    assertThat(read(owner, "K2")).isEqualTo("${K27}");
    assertResolved("${K4}/${K3}", "end/${K27}");
  }

  @Test
  void namesOfEndToEndClientsAreFoundAsTheyWereWritten() {
    StoredRows rows = new StoredRows(server, web, "dev");
    rows.insert("camelCase", "as written");
    rows.insert("both", "lower");
    given("BOTH=upper");

    assertResolved(
        "${camelCase} ${CamelCase} ${CAMELCASE} ${both} ${dev.camelCase}",
        "as written ${CamelCase} ${CAMELCASE} upper as written");
  }

  @Test
  void spacesBelongToTheName() {
    owner.post(web.secrets("dev"), body(secret(" C ", "spaced"), secret("a\nb", "lines"))).is(201);

    assertResolved("${ C }${ c }${A\nB}${C}", "spacedspacedlines${C}");
  }

  @Test
  void referencesInAFolderAreRelativeToTheRoot() {
    given("B=root", "/f/B=folder", "/f/A=${B}");

    assertThat(owner.get(web.secrets("dev") + "&path=/f&key=A").is(200).each("value"))
        .containsExactly("root");
  }

  @Test
  void referencesOfAReferencedSecretAreRelativeToItsEnvironment() {
    given("prod B=${C}", "prod C=prod", "C=dev", "prod /f/D=${B}");

    assertResolved("${prod.B}/${prod.f/D}/${C}", "prod/prod/dev");
  }

  @Test
  void sealedAndRotatingSecretsAreReferredToLikeOthers() {
    owner
        .post(
            web.secrets("dev"),
            body(SecretsContract.secretWith("SEALED", "value", "s", "type", "sealed")))
        .is(201);
    new StoredRows(server, web, "dev").insert("ROTATING", "r", row -> row.setLifecycle("rotating"));

    assertResolved("${SEALED}${ROTATING}", "sr");
  }

  @Test
  void aDeletedSecretIsNotReferredTo() {
    String id = owner.post(web.secrets("dev"), body(secret("B", "b"))).is(201).id();
    assertResolved("${B}", "b");

    owner.delete(web.secrets("dev"), java.util.Map.of("secrets", java.util.List.of(id))).is(200);

    assertThat(read(owner, "A")).isEqualTo("${B}");
  }

  @Test
  void onlyValuesAreResolved() {
    given("C=c");
    JsonNode created =
        owner
            .post(
                web.secrets("dev"),
                body(
                    SecretsContract.secretWith(
                        "${C}",
                        "value",
                        "${C}",
                        "comment",
                        "${C}",
                        "tags",
                        java.util.List.of("${C}"),
                        "path",
                        "/${C}")))
            .is(201)
            .json()
            .get(0);

    assertThat(created.get("value").stringValue()).isEqualTo("c");
    for (String member : java.util.List.of("key", "comment")) {
      assertThat(created.get(member).stringValue()).isEqualTo("${C}");
    }
    assertThat(created.get("path").stringValue()).isEqualTo("/${C}");
    assertThat(created.get("tags").get(0).stringValue()).isEqualTo("${C}");
  }

  @Test
  void anOverrideIsResolvedButNeverReferredTo() {
    given("C=c");
    JsonNode created =
        owner
            .post(
                web.secrets("dev"),
                body(
                    SecretsContract.secretWith(
                        "B",
                        "value",
                        "base",
                        "override",
                        SecretsContract.override("${C}-${B}-${A}", true)),
                    secret("A", "a${B}")))
            .is(201)
            .json();

    assertThat(created.get(0).get("override").get("value").stringValue()).isEqualTo("c-${B}-a${B}");
    assertThat(created.get(1).get("value").stringValue()).isEqualTo("abase");
  }

  @Test
  void referencesAreStoredAsTheyAreWritten() {
    given("B=one");
    assertResolved("${B} ${LATER}", "one ${LATER}");

    given("LATER=two");
    String b = owner.get(web.secrets("dev") + "&key=B").id();
    owner.put(web.secrets("dev"), body(SecretsContract.change(b, "value", "1"))).is(200);

    assertThat(read(owner, "A")).isEqualTo("1 two");
  }

  @Test
  void secretsOfOneBatchReferToEachOther() {
    JsonNode created =
        owner.post(web.secrets("dev"), body(secret("A", "${B}"), secret("B", "b"))).is(201).json();
    assertThat(created.get(0).get("value").stringValue()).isEqualTo("b");

    JsonNode updated =
        owner
            .put(
                web.secrets("dev"),
                body(
                    SecretsContract.change(created.get(0).get("id").stringValue(), "value", "${N}"),
                    SecretsContract.change(
                        created.get(1).get("id").stringValue(), "key", "N", "value", "new")))
            .is(200)
            .json();
    assertThat(updated.get(0).get("value").stringValue()).isEqualTo("new");
  }

  @Test
  void aValueFollowsAtMost1000References() {
    given("C=c");

    assertResolved("${C}".repeat(1_002), "c".repeat(1_000) + "${C}${C}");
  }

  @Test
  void aValueDoesNotGrowBeyondOneMebibyte() {
    given("BIG=" + "x".repeat(65_536));

    assertResolved("${BIG}".repeat(17) + "y", "x".repeat(15 * 65_536) + "${BIG}${BIG}y");
  }

  @Test
  void anotherOrganisationsAppsAreUnknown() {
    var other = lockstep.server.testing.TestOrganisation.create(server);
    var theirs = other.app("secret-" + UUID.randomUUID(), "prod");
    other.owner().post(theirs.secrets("prod"), body(secret("B", "b"))).is(201);

    assertResolved("${" + theirs.name() + "::prod.B}", "${" + theirs.name() + "::prod.B}");
  }

  @Test
  void manySecretsCanReferToTheSameOnes() {
    given("C=c", "prod D=d");
    String entries =
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"key\":\"S" + i + "\",\"value\":\"${C}${prod.D}${S0}\"}")
            .collect(Collectors.joining(","));

    owner.sendText("POST", web.secrets("dev"), "{\"secrets\":[" + entries + "]}").is(201);

    assertThat(read(owner, "S199")).isEqualTo("cdcd${S0}");
  }
}
