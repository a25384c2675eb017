@NullMarked
package lockstep.server.net;

import org.jspecify.annotations.NullMarked;
