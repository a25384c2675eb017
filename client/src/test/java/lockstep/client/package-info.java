@NullMarked
package lockstep.client;

import org.jspecify.annotations.NullMarked;
