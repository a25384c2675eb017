package lockstep.client;

/** An answer and how current it is. */
record Received<T>(T value, Freshness freshness) {

  @Override
  public String toString() {
    return "Received[" + freshness + "]";
  }
}
