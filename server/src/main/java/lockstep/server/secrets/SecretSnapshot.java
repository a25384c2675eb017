package lockstep.server.secrets;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import lockstep.crypto.KeyDigester;
import lockstep.crypto.MemorySeal;
import lockstep.server.secrets.SecretFilter.Sought;
import lockstep.server.secrets.SnapshotAnswers.Answer;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one environment at one revision, ready to be answered: as JSON objects without
 * anybody's override and with references as they are written. Immutable, safe for use by many
 * threads, so that requests share it for as long as the environment does not change.
 *
 * <p>What the server decrypted is kept under {@link MemorySeal}, in pieces, so that a request for
 * one secret does not open thousands. What clients encrypted is kept as it is.
 */
final class SecretSnapshot {

  /** A piece ends with the object that makes it this long. */
  private static final int PIECE_BYTES = 4_096;

  /** So many answers to requests for a name are kept ready, and so many digests of names. */
  private static final int MAXIMUM_NAMED = 128;

  /** An estimate of what one of each occupies. The content of answers is the snapshot's. */
  private static final int NAMED_BYTES = 1_100;

  private final Revision revision;
  private final List<SnapshotEntry> entries;
  private final List<byte[]> pieces;
  private final int contentBytes;
  private final boolean anyRefers;
  private final Set<UUID> accountsWithOverrides;
  private final @Nullable KeyDigester digester;

  /** Those with the same name, in the order of answers, by its digest. */
  private final Map<String, List<SnapshotEntry>> byKey = new HashMap<>();

  private final Map<Sought, Answer> named = new ConcurrentHashMap<>();

  /** The digests of names that were asked for and exist, by their {@link KeyDigester#mark}. */
  private final Map<ByteBuffer, String> digests = new ConcurrentHashMap<>();

  private final ReadDetails read;
  private final SharedOpening whole = new SharedOpening(this::wholeArray, 0);
  private volatile @Nullable String tagOfAll;

  private SecretSnapshot(Builder builder) {
    this.revision = builder.revision;
    this.entries = List.copyOf(builder.entries);
    this.pieces = List.copyOf(builder.pieces);
    this.contentBytes = builder.contentBytes;
    this.anyRefers = entries.stream().anyMatch(SnapshotEntry::refers);
    this.accountsWithOverrides = builder.accountsWithOverrides;
    this.digester = builder.digester;
    entries.forEach(
        entry -> byKey.computeIfAbsent(entry.keyDigest(), _ -> new ArrayList<>(1)).add(entry));
    this.read = ReadDetails.of(entries);
  }

  /** The state of the environment that this is true for. */
  Revision revision() {
    return revision;
  }

  /** An estimate of the bytes that this occupies. */
  int weight() {
    return entries.stream().mapToInt(SnapshotEntry::weight).sum()
        + contentBytes
        + read.weight()
        + Math.min(entries.size(), MAXIMUM_NAMED) * NAMED_BYTES;
  }

  /** All secrets, in the order of answers. */
  List<SnapshotEntry> entries() {
    return entries;
  }

  /** Those that match, in the order of answers. */
  List<SnapshotEntry> select(Sought sought) {
    if (sought.matchesAll()) {
      return entries;
    }
    List<SnapshotEntry> candidates =
        sought.keyDigest().map(digest -> byKey.getOrDefault(digest, List.of())).orElse(entries);
    List<SnapshotEntry> found = new ArrayList<>(Math.min(candidates.size(), 16));
    for (SnapshotEntry entry : candidates) {
      if (entry.matches(sought)) {
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * The answer to a request for a name, made once for as long as the environment does not change;
   * any other answer is made anew.
   *
   * @param maker makes it, always the same
   */
  Answer named(Sought sought, Supplier<Answer> maker) {
    if (sought.keyDigest().isEmpty() || sought.tags().isPresent()) {
      return maker.get();
    }
    Answer known = named.get(sought);
    if (known != null) {
      return known;
    }
    Answer made = maker.get();
    // Names and paths that do not exist are without number. Of others, the first ones are kept.
    if (made.secrets().isEmpty() || made.refers() || named.size() >= MAXIMUM_NAMED) {
      return made;
    }
    Answer shared = made.shared();
    Answer others = named.putIfAbsent(sought, shared);
    return others == null ? shared : others;
  }

  /**
   * The entity tag of an answer with all of them.
   *
   * @param maker makes it, always the same
   */
  String tagOfAll(Supplier<String> maker) {
    String known = tagOfAll;
    if (known == null) {
      known = maker.get();
      tagOfAll = known;
    }
    return known;
  }

  /** What audit events say of a read of all of them. */
  ReadDetails read() {
    return read;
  }

  Optional<SnapshotEntry> find(String path, String keyDigest) {
    return byKey.getOrDefault(keyDigest, List.of()).stream()
        .filter(entry -> entry.path().equals(path))
        .findFirst();
  }

  /** What names of secrets are found by; only for what the server can open. */
  String keyDigest(String name) {
    if (digester == null) {
      throw new IllegalStateException("a snapshot of ciphertexts has no keys");
    }
    ByteBuffer mark = ByteBuffer.wrap(digester.mark(name));
    String known = digests.get(mark);
    if (known != null) {
      return known;
    }
    String digest = digester.digest(name);
    // Names that do not exist are without number.
    if (byKey.containsKey(digest) && digests.size() < MAXIMUM_NAMED) {
      digests.put(mark, digest);
    }
    return digest;
  }

  boolean hasOverridesOf(UUID account) {
    return accountsWithOverrides.contains(account);
  }

  /** Whether some value has references. */
  boolean anyRefers() {
    return anyRefers;
  }

  /** All objects as one JSON array. */
  Opened whole() {
    return whole.open();
  }

  private byte[] wholeArray() {
    byte[] array = new byte[contentBytes + Math.max(pieces.size() - 1, 0) + 2];
    array[0] = '[';
    int end = 1;
    for (byte[] piece : pieces) {
      if (end > 1) {
        array[end++] = ',';
      }
      end += open(piece, array, end);
    }
    array[end] = ']';
    return array;
  }

  /** The content of a piece. */
  Opened piece(int number) {
    byte[] piece = pieces.get(number);
    return isSealed() ? Opened.own(MemorySeal.open(piece)) : Opened.kept(piece);
  }

  /** The content as it lies in memory. */
  List<byte[]> kept() {
    return pieces;
  }

  private int open(byte[] piece, byte[] target, int offset) {
    if (isSealed()) {
      MemorySeal.openInto(piece, target, offset);
      return MemorySeal.contentBytes(piece);
    }
    System.arraycopy(piece, 0, target, offset, piece.length);
    return piece.length;
  }

  private boolean isSealed() {
    return digester != null;
  }

  @Override
  public String toString() {
    return "SecretSnapshot[" + entries.size() + " secrets, content not shown]";
  }

  /** Takes the secrets of an environment in the order of answers. */
  static final class Builder {

    private static final byte[] VALUE = ",\"value\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OVERRIDE =
        ",\"override\":null,".getBytes(StandardCharsets.US_ASCII);

    private final Revision revision;
    private final Set<UUID> accountsWithOverrides;
    private final @Nullable KeyDigester digester;
    private final @Nullable SnapshotReader reader;
    private final Map<UUID, SnapshotEntry> earlier = new HashMap<>();
    private final List<SnapshotEntry> entries = new ArrayList<>();
    private final List<byte[]> pieces = new ArrayList<>();
    private ErasableBuffer piece = new ErasableBuffer();
    private int contentBytes;

    /**
     * @param digester of the environment, if the content is plain text and so has to be sealed
     * @param earlier reads a snapshot of the same environment in the same form, whose objects of
     *     secrets that have not changed since are taken over
     */
    Builder(
        Revision revision,
        Set<UUID> accountsWithOverrides,
        @Nullable KeyDigester digester,
        @Nullable SnapshotReader earlier) {
      this.revision = revision;
      this.accountsWithOverrides = accountsWithOverrides;
      this.digester = digester;
      this.reader = earlier;
      if (earlier != null) {
        earlier.snapshot().entries.forEach(entry -> this.earlier.put(entry.id(), entry));
      }
    }

    /**
     * Adds a secret with the object that the earlier snapshot has of it, if it has not changed
     * since.
     *
     * @return whether that is so
     */
    boolean addUnchanged(StoredSecret secret) {
      SnapshotEntry known = earlier.get(secret.id());
      if (known == null || !known.state().equals(secret.state())) {
        return false;
      }
      byte[] from = Objects.requireNonNull(reader).piece(known);
      int begin = beginObject();
      piece.write(from, known.begin(), known.end() - known.begin());
      entries.add(known.movedTo(pieces.size(), begin));
      return true;
    }

    /**
     * Adds a secret.
     *
     * @param json its object, as {@link SecretObject} is written: the member {@code value} a
     *     string, the member {@code override} null
     */
    void add(StoredSecret secret, boolean refers, byte[] json) {
      int begin = beginObject();
      // Quotation marks within JSON strings are escaped, so these texts are names of members.
      int value = indexOf(json, VALUE, 0) + VALUE.length;
      int afterValue = endOfString(json, value);
      int override = indexOf(json, OVERRIDE, afterValue) + OVERRIDE.length - "null,".length();
      piece.writeBytes(json);
      entries.add(
          new SnapshotEntry(
              secret.id(),
              secret.idAndVersion(),
              secret.state(),
              secret.path(),
              secret.keyDigest(),
              List.copyOf(secret.tags()),
              refers,
              pieces.size(),
              begin,
              begin + value,
              begin + afterValue,
              begin + override,
              begin + json.length));
    }

    /** Where in the piece the next object begins. */
    private int beginObject() {
      if (piece.size() >= PIECE_BYTES) {
        endPiece();
      }
      if (piece.size() > 0) {
        piece.write(',');
      }
      return piece.size();
    }

    SecretSnapshot build() {
      if (piece.size() > 0) {
        endPiece();
      }
      return new SecretSnapshot(this);
    }

    private void endPiece() {
      contentBytes += piece.size();
      byte[] content = piece.toByteArray();
      pieces.add(digester == null ? content : MemorySeal.seal(content));
      if (digester != null) {
        Arrays.fill(content, (byte) 0);
        piece.erase();
      }
      piece = new ErasableBuffer();
    }

    private static int indexOf(byte[] json, byte[] text, int from) {
      for (int i = from; i <= json.length - text.length; i++) {
        if (Arrays.equals(json, i, i + text.length, text, 0, text.length)) {
          return i;
        }
      }
      throw new IllegalArgumentException("not the JSON of a secret");
    }

    private static int endOfString(byte[] json, int begin) {
      int i = begin + 1;
      while (json[i] != '"') {
        i += json[i] == '\\' ? 2 : 1;
      }
      return i + 1;
    }
  }

  private static final class ErasableBuffer extends ByteArrayOutputStream {

    ErasableBuffer() {
      super(PIECE_BYTES + PIECE_BYTES / 4);
    }

    void erase() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
