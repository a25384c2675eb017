package lockstep.conformance;

import java.util.List;
import java.util.Map;

/** A program that writes and reads secrets of the environment Development of an app. */
interface Party {

  /** Its name, which is legal in names of secrets. */
  String name();

  /** Creates a secret at the root. */
  void write(String key, String value);

  /** The value of each of these secrets, as this program finds it. */
  Map<String, String> read(List<String> keys);
}
