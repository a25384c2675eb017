@NullMarked
package lockstep.server.secrets;

import org.jspecify.annotations.NullMarked;
