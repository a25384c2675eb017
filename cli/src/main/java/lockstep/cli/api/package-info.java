/** How commands reach a server: profiles, requests, answers and their presentation. */
@NullMarked
package lockstep.cli.api;

import org.jspecify.annotations.NullMarked;
