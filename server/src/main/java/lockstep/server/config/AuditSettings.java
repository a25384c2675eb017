package lockstep.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import lockstep.server.sinks.SinkAddress;
import lockstep.server.sinks.SinkSettings;

/** Reads what is set about audit events. */
final class AuditSettings {

  private static final String SINK = "LOCKSTEP_AUDIT_SINK";
  private static final String SECRET = "LOCKSTEP_AUDIT_SINK_SECRET";
  private static final String ALLOW_PLAIN = "LOCKSTEP_AUDIT_SINK_ALLOW_PLAIN";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
  private static final int MINIMUM_SECRET = 32;
  private static final int MINIMUM_DAYS = 30;
  private static final int MAXIMUM_DAYS = 36_500;
  private static final int MAXIMUM_MEBIBYTES = 1 << 20;

  private AuditSettings() {}

  static Optional<SinkSettings> sink(Settings settings) {
    Optional<SinkAddress> address = settings.parsedSecret(SINK, SinkAddress::parse);
    SinkSettings sink =
        new SinkSettings(
            settings.parsed("LOCKSTEP_AUDIT_SINK_NAME", AuditSettings::name).orElse("default"),
            address.orElse(new SinkAddress.InFile(Path.of("/"))),
            settings.flag("LOCKSTEP_AUDIT_SINK_REQUIRED"),
            settings.parsedSecret(SECRET, AuditSettings::secret),
            settings.parsed("LOCKSTEP_AUDIT_SINK_CA_FILE", SinkSettings::authorities),
            new SinkSettings.Rotation(
                (long) settings.integer("LOCKSTEP_AUDIT_SINK_MAX_MIB", 100, 1, MAXIMUM_MEBIBYTES)
                    << 20,
                settings.integer("LOCKSTEP_AUDIT_SINK_KEEP", 10, 0, 10_000)));
    boolean plainAllowed = settings.flag(ALLOW_PLAIN);
    if (!settings.isSet(SINK)) {
      if (sink.required() || settings.isSet(SECRET)) {
        settings.problem(SINK + " is needed when other settings of the audit sink are there");
      }
      return Optional.empty();
    }
    address.ifPresent(known -> check(settings, sink, known, plainAllowed));
    return address.map(_ -> sink);
  }

  private static void check(
      Settings settings, SinkSettings sink, SinkAddress address, boolean plainAllowed) {
    switch (address) {
      case SinkAddress.WebHook hook -> {
        if (!settings.isSet(SECRET)) {
          settings.problem(
              SECRET
                  + " or "
                  + SECRET
                  + "_FILE is needed with a web hook: requests are signed with it");
        }
        if (hook.isExposed() && !plainAllowed) {
          settings.problem(
              SINK
                  + " must be https, except to this machine; "
                  + ALLOW_PLAIN
                  + "=true allows it nevertheless");
        }
      }
      case SinkAddress.Syslog syslog -> {
        if (sink.required() && syslog.transport() == SinkAddress.Transport.UDP) {
          settings.problem(
              "LOCKSTEP_AUDIT_SINK_REQUIRED cannot be true with syslog+udp: nobody learns whether"
                  + " a datagram arrived");
        }
        if (syslog.isExposed() && !plainAllowed) {
          settings.problem(
              SINK
                  + " must be syslog+tls, except to this machine; "
                  + ALLOW_PLAIN
                  + "=true allows it nevertheless");
        }
      }
      case SinkAddress.InFile _ -> {}
    }
  }

  static Optional<Duration> retention(Settings settings) {
    return settings
        .text("LOCKSTEP_AUDIT_RETENTION_DAYS")
        .map(
            _ ->
                Duration.ofDays(
                    settings.integer(
                        "LOCKSTEP_AUDIT_RETENTION_DAYS",
                        MAXIMUM_DAYS,
                        MINIMUM_DAYS,
                        MAXIMUM_DAYS)));
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException("must be 1 to 32 lower-case letters, digits and hyphens");
    }
    return text;
  }

  private static String secret(String text) {
    if (text.length() < MINIMUM_SECRET) {
      throw new IllegalArgumentException("must have at least " + MINIMUM_SECRET + " characters");
    }
    return text;
  }
}
