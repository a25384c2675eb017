package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BodyPlacesTest {

  private static List<BodyPlaces.Place> take(BodyPlaces places, Object account, int count) {
    List<BodyPlaces.Place> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(places.take(account));
    }
    return taken;
  }

  @Test
  void anAccountHasAnEighthOfThem() {
    BodyPlaces places = new BodyPlaces(256);
    List<BodyPlaces.Place> taken = take(places, "one", 32);

    assertThatThrownBy(() -> places.take("one"))
        .isInstanceOfSatisfying(
            ApiException.class, busy -> assertThat(busy.status()).isEqualTo(503));
    take(places, "other", 32);

    taken.getFirst().close();
    take(places, "one", 1);
  }

  @Test
  void aSmallServerLetsAnAccountHaveEight() {
    BodyPlaces places = new BodyPlaces(16);
    take(places, "one", 8);

    assertThatThrownBy(() -> places.take("one")).isInstanceOf(ApiException.class);
    take(places, "other", 8);
  }

  @Test
  void togetherTheyHaveNoMoreThanThereAre() {
    BodyPlaces places = new BodyPlaces(2);
    BodyPlaces.Place first = places.take("one");
    places.take("other");

    assertThatThrownBy(() -> places.take("third")).isInstanceOf(ApiException.class);
    first.close();
    places.take("third");
  }
}
