/**
 * What contract tests are built from: real servers on both databases, organisations to play in, and
 * callers that speak HTTP.
 */
@NullMarked
package lockstep.server.testing;

import org.jspecify.annotations.NullMarked;
