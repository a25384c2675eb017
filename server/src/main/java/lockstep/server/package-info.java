/** The Lockstep server: {@code Lockstep} puts the packages below this one together. */
@NullMarked
package lockstep.server;

import org.jspecify.annotations.NullMarked;
