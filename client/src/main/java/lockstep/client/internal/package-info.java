/** What the command line shares with the library; no part of the library's API. */
@NullMarked
package lockstep.client.internal;

import org.jspecify.annotations.NullMarked;
