/** Service accounts, the apps they reach, and their tokens. */
@NullMarked
package lockstep.server.serviceaccounts;

import org.jspecify.annotations.NullMarked;
