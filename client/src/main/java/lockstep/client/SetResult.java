package lockstep.client;

/** How many secrets were created, changed, and left because they had the value already. */
public record SetResult(int created, int changed, int unchanged) {}
