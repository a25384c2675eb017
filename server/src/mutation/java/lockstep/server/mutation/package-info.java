/** Checks that tests notice every change to the package that decides about access. */
@org.jspecify.annotations.NullMarked
package lockstep.server.mutation;
