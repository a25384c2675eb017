/**
 * Secrets over the REST API: plaintext in and out, ciphertext in the database. Only for apps with
 * server-side encryption.
 */
@NullMarked
package lockstep.server.secrets;

import org.jspecify.annotations.NullMarked;
