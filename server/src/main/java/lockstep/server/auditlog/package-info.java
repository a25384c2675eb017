/** Reading the audit events of an organisation. */
@NullMarked
package lockstep.server.auditlog;

import org.jspecify.annotations.NullMarked;
