package lockstep.server.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import lockstep.server.http.Call;

/**
 * The headers in which clients of the protocol send what others send in the query. Their names may
 * have underscores for hyphens, an empty one counts as absent, and texts are UTF-8 where they can
 * be.
 */
final class ProtocolHeaders {

  private ProtocolHeaders() {}

  /** The header of this name, written with hyphens. */
  static Optional<String> text(Call call, String name) {
    return present(call, name)
        .or(() -> present(call, name.replace('-', '_')))
        .map(ProtocolHeaders::decode);
  }

  private static Optional<String> present(Call call, String name) {
    return call.header(name).filter(text -> !text.isEmpty());
  }

  /** The edge takes each byte of a header for one character. */
  private static String decode(String bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }
}
