/** Network access policies: from where accounts may call. */
@NullMarked
package lockstep.server.policies;

import org.jspecify.annotations.NullMarked;
