/** Files of secrets, in the formats that other tools read and write. */
@NullMarked
package lockstep.cli.formats;

import org.jspecify.annotations.NullMarked;
