/** Commands that look after the server key, on the database itself. */
@NullMarked
package lockstep.cli.serverkey;

import org.jspecify.annotations.NullMarked;
