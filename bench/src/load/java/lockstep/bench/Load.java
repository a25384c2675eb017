package lockstep.bench;

import java.time.Duration;

/**
 * How each case is driven.
 *
 * @param firstWarmUp load on a server after its start, before anything is measured on it
 * @param warmUp load before each other case
 */
record Load(
    int connections,
    int threads,
    Duration firstWarmUp,
    Duration warmUp,
    Duration round,
    int rounds) {}
