package lockstep.server.tokens;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import lockstep.crypto.IdentityKey;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.auth.LiveTokenStore;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** The rules of personal access tokens. */
public final class PersonalTokens {

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Keeps tokens in this database. */
  public PersonalTokens(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  List<PersonalToken> list(OwnAccountAccess access) {
    return database.read(
        db -> PersonalTokenStore.list(db, access.organisation(), access.member(), clock.instant()));
  }

  /** Keeps a token that the caller's client made. */
  PersonalToken create(OwnAccountAccess access, Fields body) {
    IdentityKey owner =
        database
            .read(db -> PersonalTokenStore.identityKey(db, access.organisation(), access.member()))
            .map(IdentityKey::parse)
            .orElseThrow(
                () -> ApiException.badRequest("Your account has no keys that a token could hold."));
    NewToken token = NewToken.read(body, owner, clock.instant());
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          return add(
              db,
              access.organisation(),
              access.member(),
              token,
              (context, event) -> audit.record(context, access.caller(), event));
        });
  }

  /**
   * Adds a token to a member, in the transaction of whoever has the right to.
   *
   * @param recorder records the event
   */
  public static PersonalToken add(
      DSLContext db,
      OrganisationId organisation,
      AccountId member,
      NewToken token,
      BiConsumer<DSLContext, AuditEvent> recorder) {
    if (PersonalTokenStore.exists(db, token.digest())) {
      throw ApiException.conflict("This token is in use already. Make another one.");
    }
    PersonalTokenStore.insert(db, organisation, member, token);
    recorder.accept(
        db,
        AuditEvent.of(
            AuditAction.CREATE,
            AuditedResource.USER_TOKEN,
            token.id().value(),
            "Personal access token created",
            Map.of("name", token.name(), "member", member.toString())));
    return new PersonalToken(
        token.id().value(), token.name(), token.createdAt(), token.expiresAt().orElse(null), null);
  }

  void delete(OwnAccountAccess access, String id) {
    delete(access.caller(), access.member(), id);
  }

  List<PersonalToken> listOfMember(OrganisationAccess access, String member) {
    return database.read(
        db -> {
          AccountId account = member(db, access, member).account();
          return PersonalTokenStore.list(db, access.organisation(), account, clock.instant());
        });
  }

  void deleteOfMember(OrganisationAccess access, String member, String id) {
    Member target = database.read(db -> member(db, access, member));
    if (target.globalAccess() && !access.caller().globalAccess()) {
      throw ApiException.forbidden(
          "You cannot delete tokens of a member with a global access role.");
    }
    delete(access.caller(), target.account(), id);
  }

  private void delete(Caller caller, AccountId member, String id) {
    database.write(
        db -> {
          AccessRevision.increment(db, caller.organisation());
          TokenId token = TokenId.parse(id).orElseThrow(PersonalTokens::notFound);
          String name =
              PersonalTokenStore.name(db, caller.organisation(), member, token)
                  .orElseThrow(PersonalTokens::notFound);
          LiveTokenStore.end(
              db, caller.organisation(), member, Optional.of(token), clock.instant());
          audit.record(
              db,
              caller,
              AuditEvent.of(
                  AuditAction.DELETE,
                  AuditedResource.USER_TOKEN,
                  token.value(),
                  "Personal access token deleted",
                  Map.of("name", name, "member", member.toString())));
          return token;
        });
  }

  private static Member member(DSLContext db, OrganisationAccess access, String id) {
    return AccountId.parse(id)
        .flatMap(
            account ->
                PersonalTokenStore.globalAccess(db, access.organisation(), account)
                    .map(globalAccess -> new Member(account, globalAccess)))
        .orElseThrow(() -> ApiException.notFound("Member not found."));
  }

  private static ApiException notFound() {
    return ApiException.notFound("Token not found.");
  }

  private record Member(AccountId account, boolean globalAccess) {}
}
