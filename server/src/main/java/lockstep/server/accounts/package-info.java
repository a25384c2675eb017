/**
 * What members and service accounts have in common: the apps they are individually listed on, with
 * the environments they can open, and how they go.
 */
@NullMarked
package lockstep.server.accounts;

import org.jspecify.annotations.NullMarked;
