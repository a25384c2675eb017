package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.UUID;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import org.junit.jupiter.api.Test;

final class CapabilitiesTest {

  private final Caller caller = Callers.of(AccountKind.MEMBER);
  private final AppId app = new AppId(UUID.randomUUID());
  private final EnvironmentId environment = new EnvironmentId(UUID.randomUUID());

  @Test
  void accessToAnAppIsForItsCallerAndThatAppAlone() {
    AppAccess access = new AppAccess(caller, app, true);
    assertThat(access.caller()).isSameAs(caller);
    assertThat(access.organisation()).isEqualTo(caller.organisation());
    assertThat(access.app()).isEqualTo(app);
    assertThat(access.sseEnabled()).isTrue();
    assertThat(new AppAccess(caller, app, false).sseEnabled()).isFalse();
  }

  @Test
  void accessToAnEnvironmentIsForItsCallerAndThatEnvironmentAlone() {
    EnvironmentAccess access = new EnvironmentAccess(caller, app, environment);
    assertThat(access.caller()).isSameAs(caller);
    assertThat(access.organisation()).isEqualTo(caller.organisation());
    assertThat(access.app()).isEqualTo(app);
    assertThat(access.environment()).isEqualTo(environment);
  }

  @Test
  void accessToStoredSecretsServesNothingButWhatItWasGrantedFor() {
    CiphertextAccess access = new CiphertextAccess(caller, app, environment, Action.READ);
    assertThat(access.caller()).isSameAs(caller);
    assertThat(access.organisation()).isEqualTo(caller.organisation());
    assertThat(access.app()).isEqualTo(app);
    assertThat(access.environment()).isEqualTo(environment);
    access.require(Action.READ);
    assertThatIllegalStateException().isThrownBy(() -> access.require(Action.UPDATE));
  }

  @Test
  void accessToSecretsServesNothingButWhatItWasGrantedFor() {
    SecretsAccess access = new SecretsAccess(caller, app, environment, Action.CREATE);
    assertThat(access.caller()).isSameAs(caller);
    assertThat(access.organisation()).isEqualTo(caller.organisation());
    assertThat(access.app()).isEqualTo(app);
    assertThat(access.environment()).isEqualTo(environment);
    access.require(Action.CREATE);
    assertThatIllegalStateException().isThrownBy(() -> access.require(Action.READ));
  }

  @Test
  void accessToHistoryServesWhatItsCallerIsPermittedAndNothingElse() {
    HistoryAccess access =
        new HistoryAccess(caller, app, environment, true, Set.of(Action.READ, Action.UPDATE));
    assertThat(access.caller()).isSameAs(caller);
    assertThat(access.organisation()).isEqualTo(caller.organisation());
    assertThat(access.environment()).isEqualTo(environment);
    assertThat(access.sseEnabled()).isTrue();
    CiphertextAccess granted = access.to(Action.UPDATE);
    assertThat(granted.caller()).isSameAs(caller);
    assertThat(granted.app()).isEqualTo(app);
    assertThat(granted.environment()).isEqualTo(environment);
    granted.require(Action.UPDATE);
    assertThatThrownBy(() -> access.to(Action.DELETE))
        .hasMessage("You don't have permission to delete secrets in this environment.");
  }

  @Test
  void accessToEitherOfTwoThingsPrefersTheFirst() {
    historyOf(Action.UPDATE).toEither(Action.UPDATE, Action.CREATE).require(Action.UPDATE);
    historyOf(Action.CREATE).toEither(Action.UPDATE, Action.CREATE).require(Action.CREATE);
    historyOf(Action.CREATE, Action.UPDATE)
        .toEither(Action.UPDATE, Action.CREATE)
        .require(Action.UPDATE);
    assertThatThrownBy(() -> historyOf(Action.READ).toEither(Action.UPDATE, Action.CREATE))
        .hasMessage("You don't have permission to update secrets in this environment.");
  }

  private HistoryAccess historyOf(Action... permitted) {
    return new HistoryAccess(caller, app, environment, false, Set.of(permitted));
  }
}
