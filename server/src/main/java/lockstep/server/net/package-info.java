/** Internet addresses as people write them. Literals only: nothing here ever asks a name server. */
@NullMarked
package lockstep.server.net;

import org.jspecify.annotations.NullMarked;
