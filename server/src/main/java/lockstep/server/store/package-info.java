/**
 * Durable storage. The only package that knows that there are two kinds of database; features see a
 * {@link lockstep.server.store.Database}, the generated tables and jOOQ's typed queries.
 */
@NullMarked
package lockstep.server.store;

import org.jspecify.annotations.NullMarked;
