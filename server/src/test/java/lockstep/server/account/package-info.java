@NullMarked
package lockstep.server.account;

import org.jspecify.annotations.NullMarked;
