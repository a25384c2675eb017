@NullMarked
package lockstep.server.mail;

import org.jspecify.annotations.NullMarked;
