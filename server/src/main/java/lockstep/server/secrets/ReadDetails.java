package lockstep.server.secrets;

import java.util.List;
import lockstep.server.http.Json;

/**
 * What audit events say of a read of some secrets, written once for all reads of the same.
 *
 * @param shown if the client was shown them
 * @param notModified if it was told that it has them already
 */
record ReadDetails(Json.Written shown, Json.Written notModified) {

  /** Of these, whose ids and versions are named. */
  static ReadDetails of(List<SnapshotEntry> secrets) {
    // Ids and numbers have nothing in them that JSON would escape.
    StringBuilder json = new StringBuilder(40 + 60 * secrets.size()).append("{\"secrets\":[");
    for (int i = 0; i < secrets.size(); i++) {
      json.append(i > 0 ? ",\"" : "\"").append(secrets.get(i).idAndVersion()).append('"');
    }
    json.append(']');
    return new ReadDetails(
        new Json.Written(json + "}"), new Json.Written(json + ",\"notModified\":true}"));
  }

  /** An estimate of the bytes that this occupies. */
  int weight() {
    // As text and in UTF-8, which is as long: there is nothing but ASCII in it.
    return 2 * (shown.utf8().length + notModified.utf8().length);
  }
}
