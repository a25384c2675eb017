package lockstep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import lockstep.server.Lockstep;
import lockstep.server.http.Json;
import lockstep.server.organisations.FirstOrganisation;

/** The credentials of a first start as a JSON file that its owner alone can read. */
final class BootstrapFile {

  private BootstrapFile() {}

  static void write(Path path, Lockstep server) throws IOException {
    FirstOrganisation first = server.firstOrganisation().orElseThrow();
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

    Path folder = path.toAbsolutePath().getParent();
    boolean isPosix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly =
        isPosix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path draft = Files.createTempFile(folder, path.getFileName().toString(), ".new", ownerOnly);
    Files.write(draft, Json.write(content));
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Map<String, String> named(String one, Object first, String other, Object second) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put(one, first.toString());
    members.put(other, second.toString());
    return members;
  }
}
