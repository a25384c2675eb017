@NullMarked
package lockstep.cli.formats;

import org.jspecify.annotations.NullMarked;
