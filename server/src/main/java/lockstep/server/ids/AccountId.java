package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies an account: a member, a service account or a legacy service token. */
public record AccountId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<AccountId> parse(String text) {
    return Uuids.parse(text).map(AccountId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
