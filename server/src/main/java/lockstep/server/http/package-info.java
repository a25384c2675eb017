/**
 * The HTTP edge: routing, prefixes, JSON, limits, error bodies, client addresses. It knows no
 * feature of the server; features hand it a {@link lockstep.server.http.Router} and an {@link
 * lockstep.server.http.Admission}, and see requests as {@link lockstep.server.http.Call}s.
 */
@NullMarked
package lockstep.server.http;

import org.jspecify.annotations.NullMarked;
