/**
 * The end-to-end encryption formats of Lockstep: key pairs, ciphertext strings, wrapped keys and
 * tokens.
 *
 * <p>Every type is legal from construction on: what a factory returns has been checked, and what it
 * cannot accept it refuses with a {@link lockstep.crypto.CryptoException} instead of repairing it.
 * Exception messages and {@code toString()} carry neither keys nor texts. Types that hold secret
 * bytes are {@link AutoCloseable} and overwrite them when closed; this is best effort, since the
 * virtual machine may have copied them before.
 *
 * <p>Binary values are written as lower-case hexadecimal text and read in either case.
 */
@NullMarked
package lockstep.crypto;

import org.jspecify.annotations.NullMarked;
