package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionTest {

  private static final String TOKEN = "User " + "a".repeat(64);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://secrets.example",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://localhost:8080",
        "http://LOCALHOST",
        "http://[::1]:8080"
      })
  void credentialsGoOverHttpsOrToThisMachine(String address) {
    try (Api api = new Api(Connection.of(address, TOKEN))) {
      assertThat(api.address()).isEqualTo(URI.create(address + "/"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://secrets.example",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "http://[::2]"
      })
  void elsewhereTheyGoUnencryptedOnlyIfThatIsAllowed(String address) {
    Connection connection = Connection.of(address, TOKEN);

    assertThatThrownBy(() -> new Api(connection).close())
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("--allow-plain-http")
        .hasMessageNotContaining("aaa");
    assertThatThrownBy(() -> new Api(Connection.anonymous(address)).close())
        .isInstanceOf(CommandException.class);
    try (Api api = new Api(connection, true)) {
      assertThat(api.address()).isEqualTo(URI.create(address + "/"));
    }
  }
}
