package lockstep.server.keys;

/**
 * The name of a secret as it is stored.
 *
 * @param ciphertext encrypted to the environment's key
 * @param digest by which the name is found, keyed with the environment's salt
 */
public record StoredName(String ciphertext, String digest) {}
