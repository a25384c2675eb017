/** What people do with their own accounts; passwords, phrases and keys stay in this process. */
@NullMarked
package lockstep.cli.account;

import org.jspecify.annotations.NullMarked;
