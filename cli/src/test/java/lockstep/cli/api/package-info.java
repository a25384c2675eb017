@NullMarked
package lockstep.cli.api;

import org.jspecify.annotations.NullMarked;
