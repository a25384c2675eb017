package lockstep.server.keys;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.GrantStore.Held;
import lockstep.server.store.tables.tables.records.EnvironmentGrantRecord;
import lockstep.server.store.tables.tables.records.EnvironmentKeyRecord;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** New keys and grants, collected to be inserted together. */
final class GrantBatch {

  private final OrganisationId organisation;
  private final GrantSource source;
  private final Instant now;
  private final List<EnvironmentKeyRecord> keys = new ArrayList<>();
  private final List<EnvironmentGrantRecord> grants = new ArrayList<>();

  GrantBatch(OrganisationId organisation, GrantSource source, Instant now) {
    this.organisation = organisation;
    this.source = source;
    this.now = now;
  }

  void add(
      EnvironmentId environment,
      AccountId account,
      @Nullable Held held,
      @Nullable WrappedEnvironmentKeys wrapped) {
    if (held != null) {
      if (!held.granted()) {
        addGrant(held.key());
      }
    } else if (wrapped != null) {
      addGrant(addKey(environment, account, wrapped));
    }
  }

  private UUID addKey(
      EnvironmentId environment, AccountId account, WrappedEnvironmentKeys wrapped) {
    EnvironmentKeyRecord key = new EnvironmentKeyRecord();
    key.setId(UUID.randomUUID());
    key.setOrganisationId(organisation.value());
    key.setEnvironmentId(environment.value());
    key.setAccountId(account.value());
    key.setWrappedSeed(wrapped.wrappedSeed());
    key.setWrappedSalt(wrapped.wrappedSalt());
    key.setCreatedAt(now);
    key.setUpdatedAt(now);
    keys.add(key);
    return key.getId();
  }

  private void addGrant(UUID key) {
    EnvironmentGrantRecord grant = new EnvironmentGrantRecord();
    grant.setId(UUID.randomUUID());
    grant.setOrganisationId(organisation.value());
    grant.setEnvironmentKeyId(key);
    source.team().ifPresent(team -> grant.setTeamId(team.value()));
    grant.setCreatedAt(now);
    grants.add(grant);
  }

  void insert(DSLContext db) {
    db.batchInsert(keys).execute();
    db.batchInsert(grants).execute();
  }
}
