package lockstep.server.secrets;

import java.util.Arrays;

/** Content in clear, for as long as somebody needs it. */
interface Opened extends AutoCloseable {

  /** The content, which nobody changes. */
  byte[] bytes();

  /** Says that it is not needed any more. Has an effect once. */
  @Override
  void close();

  /** Content that belongs to one request alone, and is erased after it. */
  static Opened own(byte[] content) {
    return new Opened() {
      @Override
      public byte[] bytes() {
        return content;
      }

      @Override
      public void close() {
        Arrays.fill(content, (byte) 0);
      }
    };
  }

  /** Content that is kept as it is, and stays: nothing that anybody has to be kept from. */
  static Opened kept(byte[] content) {
    return new Opened() {
      @Override
      public byte[] bytes() {
        return content;
      }

      @Override
      public void close() {
        // It is still needed by others.
      }
    };
  }
}
