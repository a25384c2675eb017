/** Delivers audit events to a second place: a file, a syslog server or a web hook. */
@NullMarked
package lockstep.server.sinks;

import org.jspecify.annotations.NullMarked;
