package lockstep.cli.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of this process as the bytes that they came as. A JVM decodes them by the locale;
 * in the locale C, that of containers and services, everything that is not ASCII is lost.
 */
public final class RawArguments {

  /** On Linux. Elsewhere the JVM decodes UTF-8 whatever the locale. */
  private static final Path FILE = Path.of("/proc/self/cmdline");

  private RawArguments() {}

  /** These arguments of this process, read as UTF-8 where they are; the others as they are. */
  public static String[] repaired(String[] arguments) {
    if (areAscii(arguments)) {
      return arguments;
    }
    Optional<List<byte[]>> raw = of(List.of(arguments));
    if (raw.isEmpty()) {
      return arguments;
    }
    String[] repaired = new String[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      repaired[i] = decoded(raw.get().get(i)).orElse(arguments[i]);
    }
    return repaired;
  }

  /** The bytes of the last arguments of this process; empty if they are not these. */
  public static Optional<List<byte[]>> of(List<String> arguments) {
    List<byte[]> all;
    try {
      all = split(Files.readAllBytes(FILE));
    } catch (IOException e) {
      return Optional.empty();
    }
    if (all.size() < arguments.size()) {
      return Optional.empty();
    }
    List<byte[]> last = all.subList(all.size() - arguments.size(), all.size());
    for (int i = 0; i < last.size(); i++) {
      if (isAscii(arguments.get(i)) && !arguments.get(i).equals(decoded(last.get(i)).orElse(""))) {
        return Optional.empty();
      }
    }
    return Optional.of(last);
  }

  private static List<byte[]> split(byte[] content) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == 0) {
        parts.add(Arrays.copyOfRange(content, start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  /** Runs at the start of every command, where a stream would take longer than the rest. */
  private static boolean areAscii(String... texts) {
    for (String text : texts) {
      if (!isAscii(text)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> decoded(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
