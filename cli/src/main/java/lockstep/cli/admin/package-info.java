/** Commands for the people who run an organisation. Each speaks the public REST API. */
@NullMarked
package lockstep.cli.admin;

import org.jspecify.annotations.NullMarked;
