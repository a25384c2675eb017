/** The server as other people's programs see it: real clients, and the bytes that others send. */
@org.jspecify.annotations.NullMarked
package lockstep.conformance;
