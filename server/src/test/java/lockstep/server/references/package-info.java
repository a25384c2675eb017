@NullMarked
package lockstep.server.references;

import org.jspecify.annotations.NullMarked;
