@NullMarked
package lockstep.server.openapi;

import org.jspecify.annotations.NullMarked;
