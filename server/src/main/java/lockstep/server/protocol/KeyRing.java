package lockstep.server.protocol;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import org.jspecify.annotations.Nullable;

/** Keys of a caller, and where they belong, as they are answered. All of them are wrapped. */
record KeyRing(Caller caller, HeldToken token, List<HeldApp> apps) {

  /** Which members there are depends on the kind of account. */
  Map<String, Object> toAnswer() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("wrapped_key_share", token.wrappedKeyShare());
    switch (caller.kind()) {
      case MEMBER -> answer.put("user_id", caller.account().value());
      case SERVICE_ACCOUNT -> answer.put("account_id", caller.account().value());
      case SERVICE_TOKEN -> {} // It is the account itself, and clients cannot log in with it.
    }
    if (caller.kind() != AccountKind.SERVICE_TOKEN) {
      answer.put("offline_enabled", false);
    }
    answer.put(
        "organisation", new HeldOrganisation(caller.organisation().value(), token.organisation()));
    answer.put("apps", apps);
    return answer;
  }

  @Override
  public String toString() {
    return "KeyRing[" + caller.account() + "]";
  }

  record HeldToken(String wrappedKeyShare, String organisation) {}

  record HeldOrganisation(UUID id, String name) {}

  record HeldApp(UUID id, String name, String encryption, List<HeldKey> environmentKeys) {}

  /**
   * The keys of one environment.
   *
   * @param paths reserved
   * @param identityKey the public key of the environment
   * @param user the account, if it is a member
   * @param serviceAccount the account, if it is one of these
   */
  record HeldKey(
      UUID id,
      HeldEnvironment environment,
      @Nullable List<String> paths,
      String identityKey,
      String wrappedSeed,
      String wrappedSalt,
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant deletedAt,
      @Nullable UUID user,
      @Nullable UUID serviceAccount) {}

  record HeldEnvironment(
      UUID id, String name, String envType, int index, Instant createdAt, Instant updatedAt) {}
}
