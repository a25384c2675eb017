package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies an organisation, the tenant that owns everything else. */
public record OrganisationId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<OrganisationId> parse(String text) {
    return Uuids.parse(text).map(OrganisationId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
