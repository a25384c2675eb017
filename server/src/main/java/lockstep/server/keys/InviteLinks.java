package lockstep.server.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import lockstep.crypto.ServerKey;
import lockstep.server.ids.InviteId;
import org.jooq.DSLContext;

/**
 * The codes in the links of invites. An invite's id is seen by everybody who may list invites; its
 * code, which only the server can make, is seen by those who get or may hand out the link. It is
 * derived, not stored, so a copy of the database opens no invite. The key in use makes codes; those
 * of every other key of this process are still good. Safe for use by several threads.
 */
public final class InviteLinks {

  private static final String CONTEXT = "lockstep invite link";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int CODE_BYTES = 16;

  private final ServerKeys serverKeys;
  private final Map<ServerKey, SecretKeySpec> keys = new HashMap<>();

  /** Makes and checks codes with these keys. */
  public InviteLinks(ServerKeys serverKeys) {
    this.serverKeys = serverKeys;
    serverKeys.all().forEach(key -> keys.put(key, subkey(key)));
  }

  private static SecretKeySpec subkey(ServerKey serverKey) {
    byte[] subkey = serverKey.subkey(CONTEXT);
    try {
      return new SecretKeySpec(subkey, ALGORITHM);
    } finally {
      Arrays.fill(subkey, (byte) 0);
    }
  }

  /** The code of an invite: 32 lower-case hexadecimal digits. */
  public String code(DSLContext db, InviteId invite) {
    return code(Objects.requireNonNull(keys.get(serverKeys.inUse(db))), invite);
  }

  /** The code that an invite has while this key is in use. */
  public static String code(ServerKey serverKey, InviteId invite) {
    return code(subkey(serverKey), invite);
  }

  private static String code(SecretKeySpec key, InviteId invite) {
    byte[] digest = mac(key).doFinal(invite.toString().getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest, 0, CODE_BYTES);
  }

  /** Whether this is a code of the invite, in a time that says nothing about the right one. */
  public boolean isCode(InviteId invite, String text) {
    boolean found = false;
    for (SecretKeySpec key : keys.values()) {
      found |=
          MessageDigest.isEqual(
              code(key, invite).getBytes(StandardCharsets.UTF_8),
              text.getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return "InviteLinks[keys hidden]";
  }
}
