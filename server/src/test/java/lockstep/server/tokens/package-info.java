@NullMarked
package lockstep.server.tokens;

import org.jspecify.annotations.NullMarked;
