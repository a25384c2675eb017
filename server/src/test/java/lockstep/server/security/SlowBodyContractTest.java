package lockstep.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

/** Who sends a request slowly does not keep what it is taken meanwhile. */
@ContractTest
final class SlowBodyContractTest extends OnBothDatabases {

  private static final String BODY = "{\"secrets\":[{\"key\":\"SLOW\",\"value\":\"1\"}]}";

  @Test
  void aRoleThatIsTakenWhileTheBodyArrivesCountsForThisRequestAndAllLater() throws IOException {
    TestApp app = organisation.app("shop");
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");
    UUID role = organisation.customRole(PermissionSet.NONE);
    member.post(app.secrets(), TestApp.body(TestApp.secret("QUICK", "1"))).is(201);

    String status =
        slowly(
            member,
            app,
            () ->
                owner
                    .put("/v1/members/" + member.account() + "/", Map.of("role_id", role))
                    .is(200));

    assertThat(status).startsWith("HTTP/1.1 403");
    member.post(app.secrets(), TestApp.body(TestApp.secret("LATER", "1"))).is(403);
    assertThat(owner.get(app.secrets()).is(200).json()).hasSize(1);
  }

  @Test
  void anAccountThatIsDeletedWhileTheBodyArrivesWritesNothing() throws IOException {
    TestApp app = organisation.app("shop");
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");
    member.post(app.secrets(), TestApp.body(TestApp.secret("QUICK", "1"))).is(201);

    String status =
        slowly(member, app, () -> owner.delete("/v1/members/" + member.account() + "/").is(204));

    assertThat(status).startsWith("HTTP/1.1 401");
    assertThat(owner.get(app.secrets()).is(200).json()).hasSize(1);
  }

  /** Sends half of a body, does something, and sends the rest; the status line. */
  private String slowly(TestCaller member, TestApp app, Runnable meanwhile) throws IOException {
    try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
      OutputStream out = socket.getOutputStream();
      String head =
          "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\n"
                  .formatted(app.secrets(), member.headers().get("Authorization"))
              + "Content-Length: %d\r\nConnection: close\r\n\r\n".formatted(BODY.length());
      out.write((head + BODY.substring(0, 10)).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      pause();
      meanwhile.run();
      out.write(BODY.substring(10).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  /** Until the server has surely seen the head. */
  private static void pause() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
