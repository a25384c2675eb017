/** Tests of what the command line shares with the library. */
@org.jspecify.annotations.NullMarked
package lockstep.client.internal;
