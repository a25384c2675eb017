/** Running programs with secrets in their environment. */
@NullMarked
package lockstep.cli.run;

import org.jspecify.annotations.NullMarked;
