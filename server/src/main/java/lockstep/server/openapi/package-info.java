/**
 * The description of the API: written by hand, one resource per feature, served as OpenAPI and as a
 * page.
 */
@NullMarked
package lockstep.server.openapi;

import org.jspecify.annotations.NullMarked;
