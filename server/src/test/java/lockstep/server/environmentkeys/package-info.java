@NullMarked
package lockstep.server.environmentkeys;

import org.jspecify.annotations.NullMarked;
