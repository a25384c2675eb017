package lockstep.references;

/**
 * What references may cost. A reference that would exceed a limit stays as written.
 *
 * @param secretsPerBranch how many secrets may refer to one another in a row, the first included
 * @param lookups how many references may be followed for one value, wherever they lead
 * @param valueBytes how long a value may become through its references, in UTF-8
 * @param responseLookups how many references may be followed for all values of a response together
 * @param responseBytes how much text references may bring into all values of a response together,
 *     in UTF-8
 */
public record ResolutionLimits(
    int secretsPerBranch, int lookups, int valueBytes, int responseLookups, int responseBytes) {

  /** What a server allows a request. */
  public static final ResolutionLimits STANDARD =
      new ResolutionLimits(25, 1_000, 1 << 20, 20_000, 16 << 20);
}
