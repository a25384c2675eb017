package lockstep.server.keys;

/** What the server can tell about a copy of an environment's keys. */
public enum CopyCheck {
  /** The server cannot open it, or its seed is that of another environment. */
  UNUSABLE,
  /** The seed is right, but no secret can be found with the salt. */
  WRONG_SALT,
  /** The seed is right, and there is no secret that could prove the salt. */
  UNPROVEN,
  /** The seed is right, and so is the salt. */
  RIGHT
}
