package lockstep.server.sinks;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import lockstep.server.http.Json;

/**
 * Messages as RFC 5424 defines them: facility 13 (log audit), severity notice, or warning for a
 * refusal; the time of the event with microseconds; {@code secret.read} and the like as MSGID; no
 * structured data; and the event as one line of JSON in UTF-8.
 */
final class SyslogFormat {

  private static final int FACILITY = 13;
  private static final int WARNING = 4;
  private static final int NOTICE = 5;
  private static final int LONGEST_HOST = 255;
  private static final int LONGEST_MESSAGE_ID = 32;

  private final String host;
  private final long process;

  /** Messages of this machine and process. */
  SyslogFormat() {
    this(localHost(), ProcessHandle.current().pid());
  }

  SyslogFormat(String host, long process) {
    this.host = printable(host, LONGEST_HOST);
    this.process = process;
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  byte[] message(SinkEvent event) {
    int severity = event.action().equals("refuse") ? WARNING : NOTICE;
    String head =
        String.format(
            Locale.ROOT,
            "<%d>1 %s %s lockstep %d %s - ",
            FACILITY * 8 + severity,
            Json.text(event.createdAt()),
            host,
            process,
            printable(event.resourceType() + "." + event.action(), LONGEST_MESSAGE_ID));
    ByteArrayOutputStream message = new ByteArrayOutputStream(head.length() + 512);
    message.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(event.json());
    return message.toByteArray();
  }

  /** The same with its length before it, for a stream. */
  byte[] frame(SinkEvent event) {
    byte[] message = message(event);
    ByteArrayOutputStream frame = new ByteArrayOutputStream(message.length + 8);
    frame.writeBytes((message.length + " ").getBytes(StandardCharsets.US_ASCII));
    frame.writeBytes(message);
    return frame.toByteArray();
  }

  /** Fields of the head have printable ASCII without spaces, and a dash stands for nothing. */
  private static String printable(String text, int longest) {
    String clean = text.replaceAll("[^\\x21-\\x7e]", "");
    String cut = clean.length() <= longest ? clean : clean.substring(0, longest);
    return cut.isEmpty() ? "-" : cut;
  }
}
