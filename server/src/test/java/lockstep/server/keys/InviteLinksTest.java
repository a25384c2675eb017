package lockstep.server.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.ServerKey;
import lockstep.server.ids.InviteId;
import org.junit.jupiter.api.Test;

class InviteLinksTest {

  private static final ServerKey OLD = ServerKey.parse("0a".repeat(32));
  private static final ServerKey NEW = ServerKey.parse("0b".repeat(32));

  private final InviteId invite = new InviteId(UUID.randomUUID());

  @Test
  void aCodeIsGoodAsLongAsItsKeyIsAtHand() {
    String code = InviteLinks.code(OLD, invite);
    InviteLinks changing = new InviteLinks(ServerKeys.of(NEW, Optional.of(OLD), Optional.empty()));
    assertThat(changing.isCode(invite, code)).isTrue();
    assertThat(changing.isCode(invite, InviteLinks.code(NEW, invite))).isTrue();
    assertThat(new InviteLinks(ServerKeys.of(NEW)).isCode(invite, code)).isFalse();
  }

  @Test
  void theCodeOfAnotherInviteIsNone() {
    InviteLinks links = new InviteLinks(ServerKeys.of(OLD));
    String other = InviteLinks.code(OLD, new InviteId(UUID.randomUUID()));
    assertThat(links.isCode(invite, other)).isFalse();
    assertThat(links.isCode(invite, "")).isFalse();
  }
}
