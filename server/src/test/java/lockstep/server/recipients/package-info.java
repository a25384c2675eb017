@NullMarked
package lockstep.server.recipients;

import org.jspecify.annotations.NullMarked;
