package lockstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.api.OwnerOnlyFile;
import lockstep.server.Lockstep;
import lockstep.server.http.Json;
import lockstep.server.organisations.FirstOrganisation;
import org.jspecify.annotations.Nullable;

/** The credentials of a first start as a JSON file that its owner alone can read. */
final class BootstrapFile implements AutoCloseable {

  private final Optional<Path> path;
  private @Nullable OwnerOnlyFile draft;

  /** Nothing is ever written without a path. */
  BootstrapFile(Optional<Path> path) {
    this.path = path;
  }

  /**
   * Proves that the file can be written, before there is anything that could get lost.
   *
   * @throws UncheckedIOException if it cannot
   */
  void prepare() {
    if (path.isPresent()) {
      try {
        draft = OwnerOnlyFile.open(path.get());
      } catch (IOException e) {
        throw new UncheckedIOException(
            "the bootstrap file " + path.get() + " cannot be written; nothing was made", e);
      }
    }
  }

  /** Writes the file, if this was a first start and a file is wanted. */
  void write(Lockstep server) throws IOException {
    if (draft != null && server.firstOrganisation().isPresent()) {
      draft.publish(Json.write(content(server, server.firstOrganisation().get())));
    }
  }

  private static Map<String, Object> content(Lockstep server, FirstOrganisation first) {
    Map<String, Object> content = new LinkedHashMap<>();
    String url = server.uri().toString();
    content.put("url", url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    content.put(
        "organisation",
        named("id", first.owner().organisation(), "name", first.organisationName()));
    content.put("owner", named("id", first.owner().account(), "email", first.email()));
    content.put("password", first.password());
    content.put("recovery", first.recoveryPhrase());
    content.put("token", first.token().text());
    content.put("bearerToken", first.token().bearerHeaderValue());
    return content;
  }

  private static Map<String, String> named(String one, Object first, String other, Object second) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put(one, first.toString());
    members.put(other, second.toString());
    return members;
  }

  /** Removes what was prepared and not written. */
  @Override
  public void close() throws IOException {
    if (draft != null) {
      draft.close();
    }
  }
}
