/**
 * Client of a Lockstep server that encrypts and decrypts on its own side: the server sees
 * ciphertexts, also of apps that it could not open. Begin with {@link
 * lockstep.client.LockstepClient}.
 */
@NullMarked
package lockstep.client;

import org.jspecify.annotations.NullMarked;
