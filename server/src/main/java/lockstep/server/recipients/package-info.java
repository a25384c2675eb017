/** Who gets keys of environments that the server cannot open, handed out by clients. */
@NullMarked
package lockstep.server.recipients;

import org.jspecify.annotations.NullMarked;
