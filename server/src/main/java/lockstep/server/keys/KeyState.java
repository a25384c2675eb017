package lockstep.server.keys;

/**
 * Which keys an environment has.
 *
 * @param identityKey the public one, which no other keys share
 * @param rotated whether they took the place of others, with which clients may still encrypt
 */
public record KeyState(String identityKey, boolean rotated) {}
