package lockstep.server.roles;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

@ContractTest
final class RolesContractTest extends OnBothDatabases {

  private static final Map<String, Object> NOTHING =
      object("permissions", Map.of(), "app_permissions", Map.of());

  @Test
  void theListHasTheDefaultRolesOldestFirstWithoutPermissions() {
    TestResponse list = owner.get("/v1/roles/").is(200);

    assertThat(list.each("name"))
        .containsExactly("Owner", "Admin", "Manager", "Developer", "Service");
    JsonNode first = list.json().get("data").get(0);
    assertThat(first.propertyNames())
        .containsExactly("id", "name", "description", "color", "isDefault", "createdAt");
    assertThat(first.get("description").isNull()).isTrue();
    assertThat(first.get("color").stringValue()).isEmpty();
    assertThat(first.get("isDefault").booleanValue()).isTrue();
  }

  @Test
  void aDefaultRoleShowsItsPermissionsAndGlobalAccess() {
    JsonNode admin = get(organisation.role(DefaultRole.ADMIN)).is(200).json();

    JsonNode permissions = admin.get("permissions");
    assertThat(permissions.propertyNames())
        .containsExactly("permissions", "appPermissions", "globalAccess");
    assertThat(permissions.get("globalAccess").booleanValue()).isTrue();
    assertThat(permissions.get("permissions").get("Organisation").toString())
        .isEqualTo("[\"read\",\"update\"]");
    assertThat(permissions.get("permissions").size()).isEqualTo(16);
    assertThat(permissions.get("appPermissions").size()).isEqualTo(12);
    JsonNode service = get(organisation.role(DefaultRole.SERVICE)).is(200).json();
    assertThat(service.get("permissions").get("globalAccess").booleanValue()).isFalse();
    assertThat(service.get("permissions").get("permissions").get("Logs").size()).isZero();
  }

  @Test
  void aNewRoleIsAnsweredWithItsPermissionsAndKept() {
    TestResponse created =
        owner
            .post(
                "/v1/roles/",
                object(
                    "name", " <b>Auditor</b> ",
                    "permissions",
                        object(
                            "permissions", Map.of("Logs", List.of("read"), "Apps", List.of()),
                            "app_permissions", Map.of("Secrets", List.of("delete", "read"))),
                    "description", "Looks",
                    "color", "#ff0000"))
            .is(201);

    JsonNode role = created.json();
    assertThat(role.get("name").stringValue()).isEqualTo("Auditor");
    assertThat(role.get("description").stringValue()).isEqualTo("Looks");
    assertThat(role.get("color").stringValue()).isEqualTo("#ff0000");
    assertThat(role.get("isDefault").booleanValue()).isFalse();
    assertThat(role.get("permissions").toString())
        .isEqualTo(
            "{\"permissions\":{\"Apps\":[],\"Logs\":[\"read\"]},"
                + "\"appPermissions\":{\"Secrets\":[\"read\",\"delete\"]},\"globalAccess\":false}");
    assertThat(get(created.id()).is(200).json()).isEqualTo(role);
    assertThat(owner.get("/v1/roles/").each("name")).last().isEqualTo("Auditor");
  }

  @Test
  void descriptionAndColourAreEmptyByDefault() {
    JsonNode role =
        owner
            .post("/v1/roles/", object("name", "R", "permissions", NOTHING, "description", "  "))
            .is(201)
            .json();

    assertThat(role.get("description").stringValue()).isEmpty();
    assertThat(role.get("color").stringValue()).isEmpty();
  }

  @Test
  void thePermissionIsCheckedBeforeTheRoleIsLookedUp() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    UUID known = organisation.role(DefaultRole.OWNER);

    nobody.get("/v1/roles/").isError(403, "You don't have permission to read roles.");
    nobody.post("/v1/roles/", Map.of()).isError(403, "You don't have permission to create roles.");
    for (Object id : List.of(known, UUID.randomUUID(), "x")) {
      String path = "/v1/roles/" + id + "/";
      nobody.get(path).isError(403, "You don't have permission to read roles.");
      nobody.put(path, Map.of()).isError(403, "You don't have permission to update roles.");
      nobody.delete(path).isError(403, "You don't have permission to delete roles.");
    }
  }

  @Test
  void aDeveloperReadsRolesAndChangesNone() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    developer.get("/v1/roles/").is(200);
    developer
        .post("/v1/roles/", object("name", "R", "permissions", NOTHING))
        .isError(403, "You don't have permission to create roles.");
  }

  @Test
  void anUnknownAMalformedAndAForeignIdAreNotFound() {
    TestOrganisation other = TestOrganisation.create(server);
    for (Object id : List.of(other.role(DefaultRole.OWNER), UUID.randomUUID(), "x")) {
      String path = "/v1/roles/" + id + "/";
      owner.get(path).isError(404, "Role not found.");
      owner.put(path, Map.of("name", "R")).isError(404, "Role not found.");
      owner.delete(path).isError(404, "Role not found.");
    }
  }

  @Test
  void theNameIsCheckedFirst() {
    owner.post("/v1/roles/", Map.of()).isError(400, "Missing required field: name");
    owner
        .post("/v1/roles/", object("name", "<i></i>", "permissions", 1))
        .isError(400, "Missing required field: name");
    owner.post("/v1/roles/", object("name", 1)).isError(400, "'name' must be a string.");
    owner
        .post("/v1/roles/", object("name", "n".repeat(65)))
        .isError(400, "'name' cannot exceed 64 characters.");
    owner
        .post("/v1/roles/", object("name", "owner", "permissions", 1))
        .isError(409, "A role with this name already exists.");
    owner.post("/v1/roles/", object("name", "n".repeat(64), "permissions", NOTHING)).is(201);
  }

  @Test
  void permissionsDescriptionAndColourAreCheckedInThisOrder() {
    for (Object permissions : new Object[] {1, "x", List.of(), Map.of()}) {
      owner
          .post(
              "/v1/roles/",
              object("name", "R", "permissions", permissions, "description", 1, "color", 1))
          .isError(400, "Missing required field: permissions (must be a JSON object)");
    }
    owner
        .post("/v1/roles/", object("name", "R", "description", 1))
        .isError(400, "Missing required field: permissions (must be a JSON object)");
    owner
        .post(
            "/v1/roles/", object("name", "R", "permissions", NOTHING, "description", 1, "color", 1))
        .isError(400, "'description' must be a string.");
    owner
        .post(
            "/v1/roles/",
            object("name", "R", "permissions", NOTHING, "description", "d".repeat(501)))
        .isError(400, "'description' cannot exceed 500 characters.");
    owner
        .post("/v1/roles/", object("name", "R", "permissions", NOTHING, "color", 1))
        .isError(400, "'color' must be a string.");
    owner
        .post("/v1/roles/", object("name", "R", "permissions", NOTHING, "color", "#12345678"))
        .isError(400, "Role color cannot exceed 7 characters.");
  }

  @Test
  void namesAreUniqueWhateverTheirCaseAndWhatCannotBeSeen() {
    for (String lookalike :
        List.of("OWNER", " owner ", "Ｏwner", "Own\u200Ber", "Owner\u00AD", "admın", "ſervice")) {
      owner
          .post("/v1/roles/", object("name", lookalike, "permissions", NOTHING))
          .isError(409, "A role with this name already exists.");
    }
    TestOrganisation other = TestOrganisation.create(server);
    owner.post("/v1/roles/", object("name", "Straße", "permissions", NOTHING)).is(201);
    owner
        .post("/v1/roles/", object("name", "STRASSE", "permissions", NOTHING))
        .isError(409, "A role with this name already exists.");
    other.owner().post("/v1/roles/", object("name", "straße", "permissions", NOTHING)).is(201);
  }

  @Test
  void aRoleCalledAlmostOwnerGrantsOnlyWhatItLists() {
    String id =
        owner.post("/v1/roles/", object("name", "Owner.", "permissions", NOTHING)).is(201).id();

    TestCaller holder = organisation.member(UUID.fromString(id));
    holder.get("/v1/roles/").isError(403, "You don't have permission to read roles.");
    assertThat(get(id).json().get("permissions").get("globalAccess").booleanValue()).isFalse();
  }

  @Test
  void ofTwoEqualNamesAtOnceOneWins() throws Exception {
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      Callable<Integer> create =
          () -> owner.post("/v1/roles/", object("name", "Twin", "permissions", NOTHING)).status();
      List<Future<Integer>> results = both.invokeAll(List.of(create, create));

      assertThat(List.of(results.get(0).get(), results.get(1).get()))
          .containsExactlyInAnyOrder(201, 409);
    }
  }

  @Test
  void aDefaultRoleCannotBeModifiedWhateverTheBody() {
    String path = "/v1/roles/" + organisation.role(DefaultRole.OWNER) + "/";

    owner.put(path, Map.of()).isError(403, "Default roles cannot be modified.");
    owner.put(path, Map.of("name", 1)).isError(403, "Default roles cannot be modified.");
    owner.delete(path).isError(403, "Default roles cannot be deleted.");
  }

  @Test
  void aChangeNeedsSomethingToChange() {
    put(object("name", NullNode.instance, "permissions", NullNode.instance, "other", 1))
        .isError(400, "At least one field must be provided.");
    put(Map.of()).isError(400, "At least one field must be provided.");
  }

  @Test
  void aChangeChecksPermissionsLast() {
    put(object("name", "", "color", 1)).isError(400, "Missing required field: name");
    put(object("name", "Admin", "color", 1)).isError(409, "A role with this name already exists.");
    put(object("permissions", 1, "description", 1, "color", 1))
        .isError(400, "'description' must be a string.");
    put(object("permissions", 1, "color", 1)).isError(400, "'color' must be a string.");
    put(object("permissions", 1)).isError(400, "Permissions must be a JSON object.");
  }

  @Test
  void aRoleKeepsItsOwnNameInAnotherCase() {
    String id = custom("Same");

    owner.put("/v1/roles/" + id + "/", Map.of("name", "SAME")).is(200);
    assertThat(get(id).json().get("name").stringValue()).isEqualTo("SAME");
  }

  @Test
  void onlyWhatIsSuppliedChanges() {
    String id =
        owner
            .post(
                "/v1/roles/",
                object("name", "R", "permissions", NOTHING, "description", "d", "color", "red"))
            .id();
    String path = "/v1/roles/" + id + "/";

    JsonNode colored =
        owner.put(path, object("color", "", "name", NullNode.instance)).is(200).json();
    assertThat(colored.get("color").stringValue()).isEmpty();
    assertThat(colored.get("description").stringValue()).isEqualTo("d");
    assertThat(colored.get("name").stringValue()).isEqualTo("R");
    JsonNode described = owner.put(path, Map.of("description", " ")).is(200).json();
    assertThat(described.get("description").stringValue()).isEmpty();
  }

  @Test
  void aChangeOfPermissionsHoldsForTheNextRequestOfEveryHolder() {
    UUID role =
        organisation.customRole(
            new PermissionSet(Map.of(OrganisationResource.ROLES, Set.of(Action.READ)), Map.of()));
    TestCaller member = organisation.member(role);
    TestCaller account = organisation.serviceAccount(role);
    member.get("/v1/roles/").is(200);
    account.get("/v1/roles/").is(200);

    owner.put("/v1/roles/" + role + "/", Map.of("permissions", NOTHING)).is(200);

    member.get("/v1/roles/").isError(403, "You don't have permission to read roles.");
    account.get("/v1/roles/").isError(403, "You don't have permission to read roles.");
  }

  @Test
  void creationChangeAndDeletionAreRecorded() {
    String id = custom("Watched");
    owner.put("/v1/roles/" + id + "/", Map.of("name", "Renamed")).is(200);
    owner.delete("/v1/roles/" + id + "/").is(204);

    assertThat(events(id)).containsExactly("create role", "update role", "delete role");
  }

  @Test
  void patchIsNotAllowed() {
    TestResponse refused = owner.sendText("PATCH", "/v1/roles/", "{}");

    refused.isError(405, "Method \"PATCH\" not allowed.");
    assertThat(refused.headers().firstValue("Allow")).hasValue("GET, POST");
  }

  private TestResponse get(Object id) {
    return owner.get("/v1/roles/" + id + "/");
  }

  private TestResponse put(Map<String, Object> body) {
    return owner.put("/v1/roles/" + organisation.customRole(PermissionSet.NONE) + "/", body);
  }

  private String custom(String name) {
    return owner.post("/v1/roles/", object("name", name, "permissions", NOTHING)).is(201).id();
  }

  private List<String> events(String resource) {
    return Objects.requireNonNull(
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.RESOURCE_TYPE)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(resource)))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.value1() + " " + row.value2())));
  }
}
