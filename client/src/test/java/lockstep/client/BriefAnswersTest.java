package lockstep.client;

/** The same as {@link AnswersTest}, for programs that are over in a moment. */
final class BriefAnswersTest extends AnswersTest {

  @Override
  LockstepClientBuilder builder() {
    return super.builder().briefly();
  }
}
