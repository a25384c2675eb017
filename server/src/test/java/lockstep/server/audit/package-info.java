@NullMarked
package lockstep.server.audit;

import org.jspecify.annotations.NullMarked;
