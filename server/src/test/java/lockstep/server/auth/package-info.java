@NullMarked
package lockstep.server.auth;

import org.jspecify.annotations.NullMarked;
