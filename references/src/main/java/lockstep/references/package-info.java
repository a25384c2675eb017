/** References in secrets to other secrets: what they look like, and what they stand for. */
@NullMarked
package lockstep.references;

import org.jspecify.annotations.NullMarked;
