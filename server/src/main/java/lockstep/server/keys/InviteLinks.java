package lockstep.server.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import lockstep.crypto.ServerKey;
import lockstep.server.ids.InviteId;

/**
 * The codes in the links of invites. An invite's id is seen by everybody who may list invites; its
 * code, which only the server can make, is seen by those who get or may hand out the link. It is
 * derived, not stored, so a copy of the database opens no invite. Safe for use by several threads.
 */
public final class InviteLinks {

  private static final String CONTEXT = "lockstep invite link";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int CODE_BYTES = 16;

  private final SecretKeySpec key;

  /** Makes and checks the codes of this server. */
  public InviteLinks(ServerKey serverKey) {
    byte[] subkey = serverKey.subkey(CONTEXT);
    this.key = new SecretKeySpec(subkey, ALGORITHM);
    Arrays.fill(subkey, (byte) 0);
  }

  /** The code of an invite: 32 lower-case hexadecimal digits. */
  public String code(InviteId invite) {
    byte[] digest = mac().doFinal(invite.toString().getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest, 0, CODE_BYTES);
  }

  /** Whether this is the invite's code, in a time that says nothing about the right one. */
  public boolean isCode(InviteId invite, String text) {
    return MessageDigest.isEqual(
        code(invite).getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
  }

  private Mac mac() {
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
    return "InviteLinks[key hidden]";
  }
}
