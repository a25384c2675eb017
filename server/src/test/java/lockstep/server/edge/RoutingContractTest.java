package lockstep.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.Access;
import lockstep.server.http.RawResponse;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** Which path and method lead where: prefixes, slashes, ids, methods. */
@ContractTest
final class RoutingContractTest extends OnBothDatabases {

  private static final List<String> PREFIXES =
      List.of("", "/public", "/service", "/service/public");
  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW", "get");
  private static final String NO_CREDENTIALS =
      "{\"error\":\"Authentication credentials were not provided.\"}";

  @Test
  void everyRouteIsReachableBelowEveryPrefixWithAndWithoutTrailingSlash() {
    for (Route route : server.routes()) {
      String path = path(route);
      String method = route.methods().getFirst();
      RawResponse plain = RawRequest.send(anonymous(), method, path);
      for (String prefix : PREFIXES) {
        for (String spelling : List.of(prefix + path, withoutSlash(prefix + path))) {
          RawResponse response = RawRequest.send(anonymous(), method, spelling);
          assertThat(response.summary()).as("%s %s", method, spelling).isEqualTo(plain.summary());
          assertThat(response.header("Location")).isEmpty();
        }
      }
      if (route.access() == Access.PUBLIC) {
        assertThat(plain.summary()).as(path).isNotEqualTo("404 {\"error\":\"Not found.\"}");
      } else {
        assertThat(plain.summary()).as(path).isEqualTo("401 " + NO_CREDENTIALS);
      }
    }
  }

  @Test
  void resourcesAreWrittenAndReadBelowEveryPrefix() {
    for (String prefix : PREFIXES) {
      String id = owner.post(prefix + "/v1/apps", TestApp.object("name", "one")).is(201).id();
      owner.put(prefix + "/v1/apps/" + id, TestApp.object("name", "two")).is(200);
      assertThat(
              owner.get(prefix + "/v1/apps/" + id + "/").is(200).json().get("name").stringValue())
          .isEqualTo("two");
      owner.get(prefix + "/v1/environments?app_id=" + id).is(200);
      owner.get(prefix + "/v1/secrets?app_id=" + id + "&env=Staging").is(200);
      owner.delete(prefix + "/v1/apps/" + id).is(204);
    }
  }

  @Test
  void prefixesAreWholeSegmentsTakenOffOnceAndInOrder() {
    for (String path :
        List.of(
            "/services/v1/apps/",
            "/publicv1/apps/",
            "/public/service/v1/apps/",
            "/service/service/v1/apps/",
            "/public/public/v1/apps/",
            "/service/public/service/v1/apps/",
            "/Service/v1/apps/",
            "/v1/service/apps/")) {
      owner.get(path).isError(404, "Not found.");
    }
  }

  @Test
  void repeatedLeadingSlashesAreCollapsed() {
    String plain = owner.get("/v1/apps/").text();
    for (String path :
        List.of("//v1/apps/", "///v1/apps", "//service/public/v1/apps/", "//public/v1/apps")) {
      assertThat(RawRequest.send(owner, "GET", path).summary()).as(path).isEqualTo("200 " + plain);
    }
  }

  @Test
  void otherRepeatedSlashesAndDotSegmentsLeadNowhere() {
    TestApp app = organisation.app("app");
    for (String path :
        List.of(
            "/v1//apps/",
            "/v1/apps//",
            "/service//v1/apps/",
            "/v1/./apps/",
            "/v1/x/../apps/",
            "/v1/apps/" + app.id() + "/../",
            "/v1/apps;x=1/",
            "/v1/apps/%2e%2e/",
            "/v1/environments/..%2fapps/",
            "/v1/%61pps/")) {
      assertThat(RawRequest.send(owner, "GET", path).status()).as(path).isIn(400, 404);
    }
  }

  @Test
  void unknownRoutesAre404ForEverybodyAndEveryMethod() {
    TestCaller forger = anonymous().with("Authorization", "Bearer User nonsense");
    for (String path : List.of("/v1/", "/v2/apps/", "/v1/apps/a/b/", "/healthy/", "/V1/apps/")) {
      for (TestCaller caller : List.of(anonymous(), forger, owner)) {
        for (String method : List.of("GET", "POST", "PATCH", "OPTIONS")) {
          RawResponse response = RawRequest.send(caller, method, path);
          assertThat(response.summary())
              .as("%s %s", method, path)
              .isEqualTo("404 {\"error\":\"Not found.\"}");
        }
      }
    }
  }

  @Test
  void idsAreReadInAnyCaseAndWrittenInLowerCase() {
    TestApp app = organisation.app("app");
    String upper = app.id().toUpperCase(Locale.ROOT);

    assertThat(owner.get("/v1/apps/" + upper + "/").is(200).id()).isEqualTo(app.id());
    String environment = app.environment("Staging");
    assertThat(
            owner
                .get(
                    "/v1/environments/"
                        + environment.toUpperCase(Locale.ROOT)
                        + "/?app_id="
                        + upper)
                .is(200)
                .id())
        .isEqualTo(environment);
    owner.get("/v1/secrets/?app_id=" + upper + "&env=Staging").is(200);
  }

  @Test
  void whatIsNoCanonicalIdIsUnknown() {
    TestApp app = organisation.app("app");
    for (String id :
        List.of(
            app.id().replace("-", ""),
            "%7B" + app.id() + "%7D",
            "urn:uuid:" + app.id(),
            app.id() + "%20",
            "%20" + app.id(),
            app.id().substring(1),
            app.id() + "0",
            "1-1-1-1-1",
            "0",
            "-1",
            "null",
            "%EF%BC%90" + app.id().substring(1),
            "'%20or%201=1--")) {
      String text = java.net.URLDecoder.decode(id, java.nio.charset.StandardCharsets.UTF_8);
      owner.get("/v1/apps/" + id + "/").isError(404, "App with ID " + text + " not found");
      owner.get("/v1/environments/" + id + "/").isError(404, "Environment not found");
      owner
          .get("/v1/environments/?app_id=" + id)
          .isError(404, "App with ID " + text + " not found");
    }
  }

  @Test
  void aMethodThatARouteDoesNotHaveIs405WithThoseItHas() {
    for (Route route : server.routes()) {
      for (String method : METHODS) {
        if (route.methods().contains(method)) {
          continue;
        }
        RawResponse response = RawRequest.send(owner, method, path(route));
        String what = method + " " + route.template();
        assertThat(response.status()).as(what).isEqualTo(405);
        assertThat(response.reason()).isEqualTo("Method Not Allowed");
        assertThat(response.header("Allow")).as(what).hasValue(String.join(", ", route.methods()));
        if (!method.equals("HEAD")) {
          assertThat(response.body())
              .as(what)
              .isEqualTo("{\"error\":\"Method \\\"" + method + "\\\" not allowed.\"}");
        }
      }
    }
  }

  @Test
  void strangersSee401BeforeThe405ExceptOnPublicRoutes() {
    for (Route route : server.routes()) {
      for (String method : METHODS) {
        if (route.methods().contains(method)) {
          continue;
        }
        RawResponse response = RawRequest.send(anonymous(), method, path(route));
        assertThat(response.status())
            .as("%s %s", method, route.template())
            .isEqualTo(route.access() == Access.PUBLIC ? 405 : 401);
      }
    }
  }

  @Test
  void neitherPermissionNorContextNorBodyIsLookedAtBeforeThe405() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    for (Route route : server.routes()) {
      if (route.methods().contains("PATCH")) {
        continue;
      }
      RawResponse response =
          RawRequest.send(nobody, "PATCH", path(route) + "?app_id=%zz", new byte[] {'{'});
      assertThat(response.status()).as(route.template()).isEqualTo(405);
    }
  }

  @Test
  void noAnswerIsARedirect() {
    List<String> paths = new ArrayList<>(List.of("", "/v1", "/health", "/health/ready", "/public"));
    for (String path : paths) {
      TestResponse response = owner.get(path.isEmpty() ? "/" : path);
      assertThat(response.status() / 100).as(path).isNotEqualTo(3);
    }
  }

  private TestCaller anonymous() {
    return TestCaller.anonymous(server.uri());
  }

  private static String path(Route route) {
    return route.template().replaceAll(":[a-z_]+", UUID.randomUUID().toString());
  }

  private static String withoutSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
