@NullMarked
package lockstep.cli.account;

import org.jspecify.annotations.NullMarked;
