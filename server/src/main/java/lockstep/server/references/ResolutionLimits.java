package lockstep.server.references;

/**
 * What one value may cost.
 *
 * @param secretsPerBranch how many secrets may refer to one another in a row, the first included
 * @param lookups how many references may be followed, wherever they lead
 * @param valueBytes how long a value may become through its references, in UTF-8
 */
record ResolutionLimits(int secretsPerBranch, int lookups, int valueBytes) {

  static final ResolutionLimits STANDARD = new ResolutionLimits(25, 1_000, 1 << 20);
}
