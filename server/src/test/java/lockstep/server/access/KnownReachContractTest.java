package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import lockstep.server.access.KnownReach.Asked;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is remembered about who reaches what, and for how long. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class KnownReachContractTest extends OnBothDatabases {

  private static final ReachStore.Environment REACHED =
      new ReachStore.Environment(
          new EnvironmentId(UUID.randomUUID()), new AppId(UUID.randomUUID()), true);

  private static final Asked ASKED =
      new Asked(true, Optional.empty(), Optional.of("app"), Optional.of("Development"));

  private final AccountId account = new AccountId(UUID.randomUUID());
  private final AtomicInteger decisions = new AtomicInteger();
  private KnownReach known;
  private OrganisationId id;

  @BeforeEach
  void start() {
    known = new KnownReach(server.database());
    id = new OrganisationId(organisation.id());
  }

  @Test
  void whatWasDecidedIsRememberedForTheSameQuestion() {
    Caller caller = caller(account, AccountKind.MEMBER);

    assertThat(decide(caller, Action.READ, ASKED)).isEqualTo(REACHED);
    assertThat(decide(caller, Action.READ, ASKED)).isEqualTo(REACHED);

    assertThat(decisions).hasValue(1);
  }

  @Test
  void everythingThatADecisionDependsOnIsPartOfTheQuestion() {
    decide(caller(account, AccountKind.MEMBER), Action.READ, ASKED);

    decide(caller(account, AccountKind.MEMBER), Action.UPDATE, ASKED);
    decide(caller(account, AccountKind.SERVICE_ACCOUNT), Action.READ, ASKED);
    decide(caller(new AccountId(UUID.randomUUID()), AccountKind.MEMBER), Action.READ, ASKED);
    Optional<String> other = Optional.of("other");
    for (Asked asked :
        List.of(
            new Asked(false, ASKED.environment(), ASKED.app(), ASKED.name()),
            new Asked(true, other, ASKED.app(), ASKED.name()),
            new Asked(true, ASKED.environment(), other, ASKED.name()),
            new Asked(true, ASKED.environment(), ASKED.app(), other))) {
      decide(caller(account, AccountKind.MEMBER), Action.READ, asked);
    }

    assertThat(decisions).hasValue(8);
  }

  @Test
  void aChangeOfAccessEndsIt() {
    decide(caller(account, AccountKind.MEMBER), Action.READ, ASKED);
    changeAccess();

    decide(caller(account, AccountKind.MEMBER), Action.READ, ASKED);
    assertThat(decisions).hasValue(2);
  }

  /** It had another role then. */
  @Test
  void whatIsDecidedAboutACallerOfBeforeAChangeIsNotRemembered() {
    Caller before = caller(account, AccountKind.MEMBER);
    changeAccess();
    decide(before, Action.READ, ASKED);

    decide(before, Action.READ, ASKED);
    decide(caller(account, AccountKind.MEMBER), Action.READ, ASKED);
    assertThat(decisions).hasValue(3);
  }

  @Test
  void refusalsAreNotRemembered() {
    Caller caller = caller(account, AccountKind.MEMBER);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  known.decide(
                      caller,
                      Action.READ,
                      ASKED,
                      db -> {
                        decisions.incrementAndGet();
                        throw ApiException.forbidden("no");
                      }))
          .isInstanceOf(ApiException.class);
    }
    assertThat(decisions).hasValue(2);
    assertThat(decide(caller, Action.READ, ASKED)).isEqualTo(REACHED);
  }

  @Test
  void longTextsAreNotRemembered() {
    Optional<String> some = Optional.of("e".repeat(100));
    for (int length : List.of(56, 57)) {
      Optional<String> rest = Optional.of("n".repeat(length));
      for (Asked asked :
          List.of(
              new Asked(true, some, some, rest),
              new Asked(true, some, rest, some),
              new Asked(true, rest, some, some))) {
        decisions.set(0);
        decide(caller(account, AccountKind.MEMBER), Action.READ, asked);
        decide(caller(account, AccountKind.MEMBER), Action.READ, asked);
        assertThat(decisions).hasValue(length == 56 ? 1 : 2);
      }
    }
  }

  @Test
  void theRevisionIsTheSameHoweverItIsRead() {
    changeAccess();
    long revision = revision();

    assertThat(revision).isPositive();
    assertThat(server.database().<Long>read(db -> AccessRevision.current(db, id)))
        .isEqualTo(revision);
    OrganisationId nobody = new OrganisationId(UUID.randomUUID());
    assertThat(AccessRevision.current(server.database(), nobody)).isEqualTo(AccessRevision.UNKNOWN);
    assertThat(server.database().<Long>read(db -> AccessRevision.current(db, nobody)))
        .isEqualTo(AccessRevision.UNKNOWN);
  }

  @Test
  void aCallerInAnotherRequestIsTheSameCaller() {
    Caller caller = caller(account, AccountKind.MEMBER);
    Origin elsewhere = new Origin(Optional.empty(), "other", "request-2");

    Caller again = caller.from(elsewhere);

    assertThat(again.origin()).isEqualTo(elsewhere);
    assertThat(again.from(caller.origin())).isEqualTo(caller);
  }

  private ReachStore.Environment decide(Caller caller, Action action, Asked asked) {
    return known.decide(
        caller,
        action,
        asked,
        db -> {
          decisions.incrementAndGet();
          return REACHED;
        });
  }

  private void changeAccess() {
    server
        .database()
        .write(
            db -> {
              AccessRevision.increment(db, id);
              return id;
            });
  }

  private long revision() {
    return AccessRevision.current(server.database(), id);
  }

  private Caller caller(AccountId who, AccountKind kind) {
    return new Caller(
        id,
        Plan.FREE,
        who,
        kind,
        "caller",
        new TokenId(UUID.randomUUID()),
        PermissionSet.NONE,
        true,
        new NetworkPolicies(List.of(), List.of()),
        revision(),
        new Origin(Optional.empty(), "test", "request"));
  }
}
