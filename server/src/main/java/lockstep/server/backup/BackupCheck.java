package lockstep.server.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.ServerKey;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.EmptyDatabase;
import org.jooq.DSLContext;

/**
 * Shows that a backup is worth something, by restoring it: that it is whole, that the server key
 * opens what is in it, that the chains of audit events are intact, and that secrets can be
 * decrypted.
 */
public final class BackupCheck {

  private static final int ENVIRONMENTS = 200;
  private static final int SECRETS_OF_ONE = 20;

  private final ServerKeys serverKeys;
  private final Path scratch;

  /**
   * Checks backups of the server with these keys.
   *
   * @param scratch folder without a database, for a copy that is as encrypted as the original; what
   *     is left in it is the caller's to delete
   */
  public BackupCheck(ServerKeys serverKeys, Path scratch) {
    this.serverKeys = serverKeys;
    this.scratch = scratch;
  }

  /**
   * What was found.
   *
   * @param decrypted how many secrets were decrypted
   * @param unreadable how many could not be, though others of their environment could: clients may
   *     store such, so a few say nothing against the backup
   * @param sampledEnvironments of how many environments they are; there are none if all are
   *     end-to-end encrypted
   * @param problems what is wrong, in words; empty if nothing is
   */
  public record Result(
      BackupSummary summary,
      int decrypted,
      int unreadable,
      int sampledEnvironments,
      List<String> problems) {}

  /**
   * Reads the rest of this backup.
   *
   * @throws BackupException if it cannot even be restored
   */
  public Result run(BackupReader backup) {
    BackupSummary[] summary = new BackupSummary[1];
    try (EmptyDatabase empty = Databases.emptyEmbedded(scratch, backup.header().schema())) {
      empty.fill(db -> summary[0] = backup.insert(db));
    }
    List<String> problems = new ArrayList<>();
    try (Database database = Databases.embedded(scratch)) {
      ServerKeyCheck.requireSame(database, serverKeys);
      new AuditVerification(database, Checkpoints.publicKey(key(summary[0].header())))
          .run(new Words(problems));
      Sample sample = database.read(db -> sample(db, problems));
      return new Result(
          summary[0], sample.decrypted(), sample.unreadable(), sample.environments(), problems);
    }
  }

  /** The reader would have refused a backup of another key. */
  private ServerKey key(BackupHeader header) {
    return serverKeys.find(header.serverKey()).orElseThrow();
  }

  private record Sample(int environments, int decrypted, int unreadable) {}

  private Sample sample(DSLContext db, List<String> problems) {
    int environments = 0;
    int decrypted = 0;
    int unreadable = 0;
    for (SampleStore.Environment environment : SampleStore.environments(db, ENVIRONMENTS)) {
      try (EnvironmentKeys keys =
          new EnvironmentKeyring(serverKeys)
              .open(db, environment.organisation(), environment.id())
              .orElseThrow()) {
        List<SampleStore.Secret> secrets = SampleStore.secrets(db, environment, SECRETS_OF_ONE);
        int opened = decrypted(secrets, keys);
        if (opened == 0 && !secrets.isEmpty()) {
          problems.add(
              "no secret of environment " + environment.id().value() + " can be decrypted");
        }
        decrypted += opened;
        unreadable += secrets.size() - opened;
        environments++;
      } catch (CryptoException _) {
        problems.add("the keys of environment " + environment.id().value() + " cannot be opened");
      }
    }
    return new Sample(environments, decrypted, unreadable);
  }

  private static int decrypted(List<SampleStore.Secret> secrets, EnvironmentKeys keys) {
    try (FieldOpener opener = keys.opener()) {
      return (int) secrets.stream().filter(secret -> opens(opener, keys, secret)).count();
    }
  }

  private static boolean opens(
      FieldOpener opener, EnvironmentKeys keys, SampleStore.Secret secret) {
    try {
      opener.open(secret.value());
      if (!secret.comment().isEmpty()) {
        opener.open(secret.comment());
      }
      return keys.keyDigest(opener.open(secret.key())).equals(secret.digest());
    } catch (CryptoException _) {
      return false;
    }
  }

  /** Findings of the verification as sentences. */
  private record Words(List<String> problems) implements AuditFindings {

    @Override
    public void problem(Problem problem) {
      problems.add(
          "audit chain of organisation %s, record %d: %s"
              .formatted(problem.organisation(), problem.sequence(), problem.explanation()));
    }

    @Override
    public void chain(Chain chain) {
      // Problems are all that a check is about.
    }
  }
}
