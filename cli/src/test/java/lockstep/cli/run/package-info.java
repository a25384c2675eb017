@NullMarked
package lockstep.cli.run;

import org.jspecify.annotations.NullMarked;
