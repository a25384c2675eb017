/**
 * Secrets of a Lockstep server as configuration of a Spring Boot application, with {@code
 * spring.config.import=lockstep:app/environment}.
 */
@NullMarked
package lockstep.spring;

import org.jspecify.annotations.NullMarked;
