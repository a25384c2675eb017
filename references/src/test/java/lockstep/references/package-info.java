@NullMarked
package lockstep.references;

import org.jspecify.annotations.NullMarked;
