package lockstep.server.backup;

import java.time.Instant;

/**
 * What a backup says of itself at its beginning.
 *
 * @param createdAt everything that was acknowledged before this time is in it
 * @param schema version of the tables
 * @param program version of the program that made it
 * @param serverKey public half of the server key that opens what is in it, 64 hexadecimal digits
 */
public record BackupHeader(Instant createdAt, int schema, String program, String serverKey) {}
