@NullMarked
package lockstep.server.config;

import org.jspecify.annotations.NullMarked;
