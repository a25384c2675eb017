/** Benchmarks of the parts that a request spends its time in, with JMH. */
@NullMarked
package lockstep.bench.jmh;

import org.jspecify.annotations.NullMarked;
