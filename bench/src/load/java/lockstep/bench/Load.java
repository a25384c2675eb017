package lockstep.bench;

import java.time.Duration;

/** How each case is driven. */
record Load(int connections, int threads, Duration warmUp, Duration round, int rounds) {}
