package lockstep.server.secrets;

import java.time.Instant;

/**
 * Which state of its secrets an environment is in.
 *
 * @param number grows with every change
 * @param changedAt when the change was made; with it, states cannot be confused after a database
 *     has been set back to an earlier one and has gone on from there
 */
record Revision(long number, Instant changedAt) {}
