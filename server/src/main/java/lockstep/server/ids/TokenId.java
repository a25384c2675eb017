package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies a bearer token; it is not the token and proves nothing. */
public record TokenId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<TokenId> parse(String text) {
    return Uuids.parse(text).map(TokenId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
