/** One type per kind of identifier, so that an app's id cannot be passed for an account's. */
@NullMarked
package lockstep.server.ids;

import org.jspecify.annotations.NullMarked;
