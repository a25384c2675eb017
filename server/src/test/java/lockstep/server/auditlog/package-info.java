@NullMarked
package lockstep.server.auditlog;

import org.jspecify.annotations.NullMarked;
