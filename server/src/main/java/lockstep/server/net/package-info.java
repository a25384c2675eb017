/**
 * Internet and e-mail addresses as people write them. Texts only: nothing here ever asks a name
 * server.
 */
@NullMarked
package lockstep.server.net;

import org.jspecify.annotations.NullMarked;
