/** Commands for daily work with secrets, which are encrypted and decrypted here. */
@NullMarked
package lockstep.cli.secrets;

import org.jspecify.annotations.NullMarked;
