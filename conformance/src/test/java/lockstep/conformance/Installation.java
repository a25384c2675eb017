package lockstep.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Puts the real clients into {@code target/clients}, from their package registries, in the versions
 * that their lists name. A test whose client cannot be had is skipped, and says what is missing;
 * with {@code LOCKSTEP_REQUIRE_CLIENTS=true} in the environment it fails instead.
 */
final class Installation {

  private static final Path SOURCES = Path.of("src", "main", "resources", "clients");
  private static final Path TARGET = Path.of("target", "clients").toAbsolutePath();
  private static final String MARKER = "installed";
  private static final int MINUTES = 5;

  private Installation() {}

  /** The folder in which {@code node client.mjs} runs the Node SDK. */
  static synchronized Path node() {
    Path folder = TARGET.resolve("node");
    require("node", "--version");
    require("npm", "--version");
    String wanted = copy("node", folder, "package.json", "package-lock.json", "client.mjs");
    if (!isInstalled(folder, wanted)) {
      install(folder, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
      noteInstalled(folder, wanted);
    }
    return folder;
  }

  /** The folder of a virtual environment with the Python SDK and the Python command line. */
  static synchronized Path python() {
    Path folder = TARGET.resolve("python");
    require("python3", "--version");
    String wanted = copy("python", folder, "requirements.txt", "client.py");
    if (!isInstalled(folder, wanted)) {
      install(folder, List.of("python3", "-m", "venv", "--clear", "venv"));
      install(
          folder,
          List.of("venv/bin/pip", "install", "--quiet", "--no-deps", "-r", "requirements.txt"));
      noteInstalled(folder, wanted);
    }
    return folder;
  }

  /** Copies these files; returns a digest of them, which stands for what is to be installed. */
  private static String copy(String client, Path folder, String... files) {
    try {
      Files.createDirectories(folder);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String file : files) {
        byte[] content = Files.readAllBytes(SOURCES.resolve(client).resolve(file));
        Files.write(folder.resolve(file), content);
        digest.update(MessageDigest.getInstance("SHA-256").digest(content));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether an installation of exactly this came to its end. */
  private static boolean isInstalled(Path folder, String wanted) {
    try {
      Path marker = folder.resolve(MARKER);
      return Files.exists(marker) && Files.readString(marker).equals(wanted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void noteInstalled(Path folder, String installed) {
    try {
      Files.writeString(folder.resolve(MARKER), installed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void require(String... command) {
    boolean isThere;
    try {
      isThere = run(Path.of(".").toAbsolutePath(), List.of(command));
    } catch (IOException e) {
      isThere = false;
    }
    available(isThere, "'" + command[0] + "' is not installed");
  }

  private static void install(Path folder, List<String> command) {
    boolean worked;
    try {
      worked = run(folder, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    available(worked, "'" + String.join(" ", command) + "' failed in " + folder);
  }

  private static boolean run(Path folder, List<String> command) throws IOException {
    Path log = Files.createDirectories(TARGET).resolve("install.log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void available(boolean isThere, String otherwise) {
    if (!isThere && "true".equals(System.getenv("LOCKSTEP_REQUIRE_CLIENTS"))) {
      throw new IllegalStateException(otherwise + "; see target/clients/install.log");
    }
    assumeTrue(isThere, otherwise);
  }
}
