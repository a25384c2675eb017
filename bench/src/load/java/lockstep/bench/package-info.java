/**
 * The load harness: starts Lockstep as users do, drives it over HTTP, and reports what was seen,
 * beside what nginx needs to serve the same bytes from a file.
 */
@NullMarked
package lockstep.bench;

import org.jspecify.annotations.NullMarked;
