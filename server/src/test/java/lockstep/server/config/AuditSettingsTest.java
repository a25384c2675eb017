package lockstep.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import lockstep.server.sinks.SinkAddress;
import lockstep.server.sinks.SinkAddress.Transport;
import lockstep.server.sinks.SinkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of the audit sink and of retention. */
final class AuditSettingsTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;

  private static ServerConfiguration read(String... namesAndValues) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ServerConfiguration.read(Map.of(), settings);
  }

  private static SinkSettings sink(String... namesAndValues) {
    return read(namesAndValues).auditSink().orElseThrow();
  }

  @Test
  void thereIsNoSinkAndNoRetentionUnlessTheyAreSet() {
    assertThat(read().auditSink()).isEmpty();
    assertThat(read().auditRetention()).isEmpty();
  }

  @Test
  void eachKindOfAddressIsRead() {
    assertThat(sink("LOCKSTEP_AUDIT_SINK", "file:/var/log/audit.jsonl").address())
        .isEqualTo(new SinkAddress.InFile(Path.of("/var/log/audit.jsonl")));
    assertThat(sink("LOCKSTEP_AUDIT_SINK", "syslog+udp://[::1]:514").address())
        .isEqualTo(new SinkAddress.Syslog(Transport.UDP, "::1", 514));
    assertThat(sink("LOCKSTEP_AUDIT_SINK", "syslog+tcp://localhost:601").address())
        .isEqualTo(new SinkAddress.Syslog(Transport.TCP, "localhost", 601));
    assertThat(sink("LOCKSTEP_AUDIT_SINK", "syslog+tls://logs.example:6514").address())
        .isEqualTo(new SinkAddress.Syslog(Transport.TLS, "logs.example", 6514));
    SinkSettings hook =
        sink(
            "LOCKSTEP_AUDIT_SINK",
            "https://hooks.example/in-the-path",
            "LOCKSTEP_AUDIT_SINK_SECRET",
            SECRET);
    assertThat(hook.secret()).contains(SECRET);
    assertThat(hook.toString()).doesNotContain(SECRET, "in-the-path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "audit.jsonl",
        "file:audit.jsonl",
        "file:/",
        "file:/a/",
        "file://host/path",
        "syslog://host:514",
        "syslog+tcp://host",
        "syslog+tcp://host:514/path",
        "syslog+tls://user@host:6514",
        "https://user:hidden@host/",
        "https:///path",
        "ftp://host/",
        "ht tp://"
      })
  void anythingElseIsRefusedWithoutRepeatingIt(String address) {
    assertThatThrownBy(() -> read("LOCKSTEP_AUDIT_SINK", address))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("LOCKSTEP_AUDIT_SINK: must be of the form")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void aWebHookNeedsASecretThatIsLongEnough() throws Exception {
    assertThatThrownBy(() -> read("LOCKSTEP_AUDIT_SINK", "https://host/"))
        .hasMessageContaining("LOCKSTEP_AUDIT_SINK_SECRET_FILE is needed");
    assertThatThrownBy(
            () ->
                read("LOCKSTEP_AUDIT_SINK", "https://host/", "LOCKSTEP_AUDIT_SINK_SECRET", "short"))
        .hasMessageContaining("at least 32 characters")
        .hasMessageNotContaining("short");
    Path file = folder.resolve("secret");
    Files.writeString(file, SECRET + "\n");
    assertThat(
            sink(
                    "LOCKSTEP_AUDIT_SINK",
                    "https://host/",
                    "LOCKSTEP_AUDIT_SINK_SECRET_FILE",
                    file.toString())
                .secret())
        .contains(SECRET);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1/, true",
    "http://localhost/, true",
    "http://[::1]:1/, true",
    "http://10.0.0.1/, false",
    "http://localhost.example/, false",
    "http://hooks.example/, false"
  })
  void plainHttpLeavesThisMachineOnlyIfThatIsAllowed(String url, boolean allowed) {
    String[] settings = {
      "LOCKSTEP_AUDIT_SINK", url, "LOCKSTEP_AUDIT_SINK_SECRET", SECRET, "LOCKSTEP_PORT", "1"
    };
    if (allowed) {
      assertThat(read(settings).auditSink()).isPresent();
      return;
    }
    assertThatThrownBy(() -> read(settings)).hasMessageContaining("must be https");
    settings[4] = "LOCKSTEP_AUDIT_SINK_ALLOW_PLAIN";
    settings[5] = "true";
    assertThat(read(settings).auditSink()).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "syslog+tcp://127.0.0.1:514, true",
    "syslog+udp://localhost:514, true",
    "syslog+tcp://[::1]:514, true",
    "syslog+tls://logs.example:6514, true",
    "syslog+tcp://10.0.0.1:514, false",
    "syslog+udp://logs.example:514, false",
    "syslog+udp://[fe80::1]:514, false"
  })
  void plainSyslogLeavesThisMachineOnlyIfThatIsAllowed(String address, boolean allowed) {
    String[] settings = {"LOCKSTEP_AUDIT_SINK", address, "LOCKSTEP_PORT", "1"};
    if (allowed) {
      assertThat(read(settings).auditSink()).isPresent();
      return;
    }
    assertThatThrownBy(() -> read(settings)).hasMessageContaining("must be syslog+tls");
    settings[2] = "LOCKSTEP_AUDIT_SINK_ALLOW_PLAIN";
    settings[3] = "true";
    assertThat(read(settings).auditSink()).isPresent();
  }

  @Test
  void udpCannotBeRequired() {
    assertThatThrownBy(
            () ->
                read(
                    "LOCKSTEP_AUDIT_SINK",
                    "syslog+udp://host:514",
                    "LOCKSTEP_AUDIT_SINK_REQUIRED",
                    "true"))
        .hasMessageContaining("syslog+udp");
  }

  @Test
  void settingsWithoutASinkAreAMistake() {
    assertThatThrownBy(() -> read("LOCKSTEP_AUDIT_SINK_REQUIRED", "true"))
        .hasMessageContaining("LOCKSTEP_AUDIT_SINK is needed");
    assertThatThrownBy(
            () -> read("LOCKSTEP_AUDIT_SINK", "file:/a", "LOCKSTEP_AUDIT_SINK_REQUIRED", "yes"))
        .hasMessageContaining("must be true or false");
  }

  @Test
  void authoritiesAreCertificates() throws Exception {
    Path file = folder.resolve("ca.pem");
    Files.writeString(file, "nothing");
    assertThatThrownBy(
            () ->
                read(
                    "LOCKSTEP_AUDIT_SINK",
                    "syslog+tls://host:6514",
                    "LOCKSTEP_AUDIT_SINK_CA_FILE",
                    file.toString()))
        .hasMessageContaining("LOCKSTEP_AUDIT_SINK_CA_FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"29", "0", "-1", "36501", "30d"})
  void retentionHasAtLeastThirtyDays(String days) {
    assertThatThrownBy(() -> read("LOCKSTEP_AUDIT_RETENTION_DAYS", days))
        .hasMessageContaining("from 30 to 36500");
  }

  @Test
  void retentionIsInDays() {
    assertThat(read("LOCKSTEP_AUDIT_RETENTION_DAYS", "30").auditRetention())
        .contains(Duration.ofDays(30));
  }
}
