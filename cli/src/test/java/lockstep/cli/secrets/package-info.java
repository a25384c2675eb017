@NullMarked
package lockstep.cli.secrets;

import org.jspecify.annotations.NullMarked;
