package lockstep.server.auditlog;

import java.util.List;
import lockstep.server.audit.StoredEvent;
import org.jspecify.annotations.Nullable;

/**
 * Some audit events, as they are answered.
 *
 * @param nextCursor where the next page begins; null on the last one
 */
record EventPage(List<StoredEvent> data, @Nullable String nextCursor) {}
