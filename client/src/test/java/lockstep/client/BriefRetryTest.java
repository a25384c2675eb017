package lockstep.client;

/** The same as {@link RetryTest}, for programs that are over in a moment. */
final class BriefRetryTest extends RetryTest {

  @Override
  LockstepClientBuilder builder() {
    return super.builder().briefly();
  }
}
