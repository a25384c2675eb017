/** Sends e-mail over SMTP. Knows nothing about what the messages are for. */
@NullMarked
package lockstep.server.mail;

import org.jspecify.annotations.NullMarked;
