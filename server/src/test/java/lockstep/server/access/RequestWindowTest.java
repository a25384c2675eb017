package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.server.access.RateDecision.Admitted;
import org.junit.jupiter.api.Test;

class RequestWindowTest {

  private static final RateLimit LIMIT = new RateLimit(20, Duration.ofNanos(100));

  private final AtomicLong now = new AtomicLong();
  private final RequestWindow window = new RequestWindow();

  @Test
  void admitsNobodyOnceClosed() {
    assertThat(window.request(LIMIT, now::get)).isEqualTo(new Admitted());
    window.close();

    assertThat(window.request(LIMIT, now::get)).isNull();
  }

  @Test
  void closesWhenItsLastRequestIsAPeriodAgo() {
    window.request(LIMIT, now::get);
    now.set(99);
    assertThat(window.closeIfIdle(now::get)).isFalse();
    now.set(100);
    assertThat(window.closeIfIdle(now::get)).isTrue();

    assertThat(window.request(LIMIT, now::get)).isNull();
  }

  @Test
  void isNotClosedBeforeItsFirstRequest() {
    assertThat(window.closeIfIdle(now::get)).isFalse();
  }

  @Test
  void keepsTheOrderOfTimesWhileItGrowsAndWraps() {
    for (int i = 0; i < 10; i++) {
      now.set(i * 30L);
      window.request(LIMIT, now::get);
      window.request(LIMIT, now::get);
    }

    now.set(369);
    assertThat(window.closeIfIdle(now::get)).isFalse();
    now.set(370);
    assertThat(window.closeIfIdle(now::get)).isTrue();
    assertThat(window.lastUse()).isEqualTo(270);
  }
}
