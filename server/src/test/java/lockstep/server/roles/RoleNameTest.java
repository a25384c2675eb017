package lockstep.server.roles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import lockstep.server.access.DefaultRole;
import lockstep.server.store.FoldedName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoleNameTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OWNER",
        "Ｏｗｎｅｒ", // full width
        "Ⓞⓦⓝⓔⓡ", // circled
        "𝐎𝐰𝐧𝐞𝐫", // mathematical bold
        "Own\u200Ber", // zero-width space
        "Own\u200Der", // zero-width joiner
        "\u202EOwner", // right-to-left override
        "Ow\u00ADner", // soft hyphen
        "Owner\uFE0F", // variation selector
        "Owner\uDB40\uDD00", // another one
        "Owner\u2060", // word joiner
        "Owner\uFEFF", // byte order mark
        "Ow\u034Fner", // combining grapheme joiner
        "Owner\u3164", // Hangul filler
        "\u200B Owner \u200B"
      })
  void whatLooksTheSameIsTheSame(String name) {
    assertThat(RoleName.folded(name)).isEqualTo("owner");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Owner.", "Owner 2", "Own er", "0wner", "Owner-", "Öwner", "Owners", ""})
  void whatLooksDifferentIsDifferent(String name) {
    assertThat(RoleName.folded(name)).isNotEqualTo("owner");
  }

  @ParameterizedTest
  @EnumSource(DefaultRole.class)
  void theDefaultRolesAreStoredInThisForm(DefaultRole role) {
    String stored = FoldedName.of(role.displayName());

    assertThat(RoleName.folded(role.displayName())).isEqualTo(stored);
    assertThat(
            Stream.of(DefaultRole.values())
                .map(other -> RoleName.folded(other.displayName()))
                .distinct())
        .hasSize(DefaultRole.values().length);
  }
}
