package lockstep.server.account;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;

/**
 * What shows that a client holds the private identity key.
 *
 * @param signature 128 hexadecimal digits
 */
record RecoverySignature(Instant signedAt, String signature) {

  private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{128}");

  static RecoverySignature read(Fields body) {
    long millis = body.integer("signedAt").orElseThrow(() -> body.missing("signedAt"));
    String signature = body.requiredText("signature");
    if (!FORM.matcher(signature).matches()) {
      throw ApiException.badRequest("'signature' must be 128 hexadecimal digits.");
    }
    try {
      return new RecoverySignature(Instant.ofEpochMilli(millis), signature);
    } catch (DateTimeException e) {
      throw ApiException.badRequest("'signedAt' must be a time, in milliseconds since 1970.");
    }
  }

  @Override
  public String toString() {
    return "RecoverySignature[not shown]";
  }
}
