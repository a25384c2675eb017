package lockstep.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.client.SecretReader.Query;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.references.SecretPath;

/**
 * The secrets of one environment. Every method asks the server anew. Immutable and safe for use by
 * several threads; works as long as its client is open.
 *
 * <p>Names of secrets are compared in their letter case, which is upper case by convention: secrets
 * written over the REST API are upper case always. Folders are {@code /}, where secrets lie that
 * are in no folder, or {@code /a/b}.
 *
 * <p>Readings may come from the {@linkplain OfflineCache offline cache}, if there is one; changes
 * are sent to the server or fail. All methods throw a {@link LockstepException} if they cannot do
 * what they promise.
 */
public final class Environment {

  private final Core core;
  private final App app;
  private final EnvironmentInfo info;
  private final UUID id;
  private final Duration limit;
  private final ReferenceMode mode;

  Environment(Core core, App app, EnvironmentInfo info, Duration limit, ReferenceMode mode) {
    this.core = core;
    this.app = app;
    this.info = info;
    this.id = UUID.fromString(info.id());
    this.limit = limit;
    this.mode = mode;
  }

  /** The app that it is in, as it was when this was made. */
  public App app() {
    return app;
  }

  /** What it is, as it was when this was made. */
  public EnvironmentInfo info() {
    return info;
  }

  /**
   * The same environment, with this much time for each call.
   *
   * @throws IllegalArgumentException if it is no time at all
   */
  public Environment within(Duration limit) {
    return new Environment(core, app, info, LockstepClientBuilder.positive(limit), mode);
  }

  /** The same environment, with references treated in this way. */
  public Environment references(ReferenceMode mode) {
    return new Environment(core, app, info, limit, mode);
  }

  /** Names and values of the secrets that lie in no folder. */
  public SecretValues values() {
    return values("/");
  }

  /** Names and values of the secrets that lie directly in a folder. */
  public SecretValues values(String path) {
    return list(path).values(path);
  }

  /** All secrets in all folders. */
  public Secrets list() {
    return core.read(id, Query.ALL, mode, core.call(limit));
  }

  /** The secrets that lie directly in a folder. */
  public Secrets list(String path) {
    return core.read(
        id, new Query(Optional.of(SecretPath.of(path)), Optional.empty()), mode, core.call(limit));
  }

  /**
   * The secret of this name that lies in no folder.
   *
   * @throws NotFoundException if there is none
   */
  public Secret get(String key) {
    return get("/", key);
  }

  /**
   * The secret of this name in a folder.
   *
   * @throws NotFoundException if there is none
   */
  public Secret get(String path, String key) {
    return find(path, key)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "there is no secret '%s' in %s/%s"
                        .formatted(
                            SecretName.text(SecretPath.of(path).text(), key),
                            app.name(),
                            info.name())));
  }

  /** The secret of this name that lies in no folder, if there is one. */
  public Optional<Secret> find(String key) {
    return find("/", key);
  }

  /** The secret of this name in a folder, if there is one. */
  public Optional<Secret> find(String path, String key) {
    return core
        .read(
            id,
            new Query(Optional.of(SecretPath.of(path)), Optional.of(key)),
            mode,
            core.call(limit))
        .stream()
        .findFirst();
  }

  /**
   * Creates secrets, all or none.
   *
   * @throws ConflictException if there is one of the name in the folder
   */
  public void create(Collection<NewSecret> secrets) {
    core.writer().create(id, secrets, core.liveCall(limit));
  }

  /** As {@link #create(Collection)}. */
  public void create(NewSecret... secrets) {
    create(Arrays.asList(secrets));
  }

  /**
   * Changes secrets, all or none.
   *
   * @throws NotFoundException if one of them is gone
   * @throws ConflictException if one would get the name of another in the same folder
   */
  public void update(Collection<SecretChange> changes) {
    core.writer().update(id, changes, core.liveCall(limit));
  }

  /** As {@link #update(Collection)}. */
  public void update(SecretChange... changes) {
    update(Arrays.asList(changes));
  }

  /** Deletes secrets, all or none. Those that are gone already are passed over. */
  public void delete(Collection<Secret> secrets) {
    core.writer().delete(id, secrets.stream().map(Secret::id).toList(), core.liveCall(limit));
  }

  /** As {@link #delete(Collection)}. */
  public void delete(Secret... secrets) {
    delete(Arrays.asList(secrets));
  }

  /** Gives a secret that lies in no folder this shared value, creating it if there is none. */
  public void set(String key, String value) {
    set("/", Map.of(key, value));
  }

  /**
   * Gives secrets in a folder these shared values. Those that do not exist are created in one
   * request, those that have another value are changed in another; each request is carried out as a
   * whole or not at all.
   *
   * @return what was done
   */
  public SetResult set(String path, Map<String, String> values) {
    Call call = core.liveCall(limit);
    SecretPath folder = SecretPath.of(path);
    Secrets present =
        core.read(
            id,
            new Query(
                Optional.of(folder),
                values.size() == 1 ? values.keySet().stream().findFirst() : Optional.empty()),
            ReferenceMode.LEAVE,
            call);
    List<NewSecret> created = new ArrayList<>();
    List<SecretChange> changed = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          Optional<Secret> secret = present.find(folder.text(), key);
          if (secret.isEmpty()) {
            created.add(NewSecret.of(key, value).in(folder.text()));
          } else if (!secret.get().sharedValue().equals(value)) {
            changed.add(SecretChange.of(secret.get()).value(value));
          }
        });
    core.writer().create(id, created, call);
    core.writer().update(id, changed, call);
    return new SetResult(
        created.size(), changed.size(), values.size() - created.size() - changed.size());
  }

  /**
   * Texts that were encrypted to this environment and came another way, such as from its history
   * over the REST API.
   *
   * @throws UnexpectedAnswerException if the environment's key does not open one of them
   */
  public List<String> decrypt(List<String> ciphertexts) {
    // The keys are the client's; only what decrypts with them is closed.
    EnvironmentKeys keys = core.keysOf(id, core.liveCall(limit));
    try (FieldOpener opener = keys.opener()) {
      return ciphertexts.stream().map(opener::open).toList();
    } catch (CryptoException e) {
      throw new UnexpectedAnswerException(
          "a text of %s/%s does not open with its key: %s"
              .formatted(app.name(), info.name(), e.getMessage()));
    }
  }

  /** For programs that give others access to this environment. */
  public EnvironmentKeyGrants keyGrants() {
    return new EnvironmentKeyGrants(core, id, limit);
  }

  /**
   * For programs that give this environment other keys. The caller closes the result before the
   * client.
   */
  public EnvironmentKeyReplacement newKeys() {
    return new EnvironmentKeyReplacement(core.keysOf(id, core.liveCall(limit)));
  }

  @Override
  public String toString() {
    return "Environment[" + app.name() + "/" + info.name() + "]";
  }
}
