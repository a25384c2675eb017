package lockstep.server.audit;

/**
 * An event in its place in the chain.
 *
 * @param previousHash of the event before it
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record PlacedEvent(EventContent content, long sequence, byte[] previousHash, byte[] hash) {

  OwnHeads.Head asHead() {
    return new OwnHeads.Head(sequence, hash);
  }
}
