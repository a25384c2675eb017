package lockstep.server.secrets;

/** A secret that exists or once did. */
record KnownSecret(StoredSecret secret, boolean deleted) {}
