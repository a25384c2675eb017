@NullMarked
package lockstep.spring;

import org.jspecify.annotations.NullMarked;
