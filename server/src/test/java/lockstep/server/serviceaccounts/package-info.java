@NullMarked
package lockstep.server.serviceaccounts;

import org.jspecify.annotations.NullMarked;
