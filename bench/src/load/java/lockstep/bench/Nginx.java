package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What is possible: nginx with the same bytes in a file, and nothing to decide or to record. */
final class Nginx {

  private final Path files;
  private final int port;
  private int served;

  private Nginx(Path files, int port) {
    this.files = files;
    this.port = port;
  }

  static Nginx start(Path program, Running running, Path folder)
      throws IOException, InterruptedException {
    Path files = Files.createDirectories(folder.resolve("files"));
    int port = Net.freePort();
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(configuration, configuration(folder, port));
    Path log = folder.resolve("stderr.log");
    Process process =
        running.start(
            new ProcessBuilder(
                    program.toString(), "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    Nginx nginx = new Nginx(files, port);
    Request first = nginx.serve(new byte[0]);
    Net.awaitAnswer(process, nginx.address() + first.path(), Duration.ofSeconds(10), log);
    return nginx;
  }

  private static String configuration(Path folder, int port) {
    // Workers of root's nginx would be another user's, who may not look into the folder.
    String user = System.getProperty("user.name");
    return """
        %s
        worker_processes 2;
        daemon off;
        pid %s/nginx.pid;
        error_log stderr error;
        events { worker_connections 4096; }
        http {
          access_log off;
          default_type application/json;
          sendfile on;
          tcp_nopush on;
          tcp_nodelay on;
          keepalive_timeout 75s;
          keepalive_requests 1000000000;
          open_file_cache max=100 inactive=600s;
          open_file_cache_valid 600s;
          client_body_temp_path %s/body;
          proxy_temp_path %s/proxy;
          fastcgi_temp_path %s/fastcgi;
          uwsgi_temp_path %s/uwsgi;
          scgi_temp_path %s/scgi;
          server {
            listen 127.0.0.1:%d;
            location / { root %s/files; }
          }
        }
        """
        .formatted(
            user.equals("root") ? "user root;" : "",
            folder,
            folder,
            folder,
            folder,
            folder,
            folder,
            port,
            folder);
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  /** Puts the bytes into a file of their own, and tells how to ask for them. */
  Request serve(byte[] body) throws IOException {
    String name = "body-" + ++served + ".json";
    Files.write(files.resolve(name), body);
    return Request.get("/" + name, Map.of());
  }
}
