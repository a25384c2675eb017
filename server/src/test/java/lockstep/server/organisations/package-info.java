@NullMarked
package lockstep.server.organisations;

import org.jspecify.annotations.NullMarked;
