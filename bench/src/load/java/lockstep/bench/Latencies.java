package lockstep.bench;

/** Percentiles of the time from a request to the end of its answer, in milliseconds. */
record Latencies(double median, double p99, double p999, double max) {}
