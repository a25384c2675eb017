package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BodyPlacesTest {

  private static BodyPlaces.Holder take(BodyPlaces places, Object account, int count) {
    BodyPlaces.Holder holder = places.holder();
    holder.take(account, count);
    return holder;
  }

  private static List<BodyPlaces.Holder> takeEach(BodyPlaces places, Object account, int count) {
    List<BodyPlaces.Holder> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(take(places, account, 1));
    }
    return taken;
  }

  @Test
  void anAccountHasAnEighthOfThem() {
    BodyPlaces places = new BodyPlaces(256);
    List<BodyPlaces.Holder> taken = takeEach(places, "one", 32);

    assertThatThrownBy(() -> take(places, "one", 1))
        .isInstanceOfSatisfying(
            ApiException.class, busy -> assertThat(busy.status()).isEqualTo(503));
    takeEach(places, "other", 32);

    taken.getFirst().close();
    take(places, "one", 1);
  }

  @Test
  void aSmallServerLetsAnAccountHaveEight() {
    BodyPlaces places = new BodyPlaces(16);
    takeEach(places, "one", 8);

    assertThatThrownBy(() -> take(places, "one", 1)).isInstanceOf(ApiException.class);
    takeEach(places, "other", 8);
  }

  @Test
  void togetherTheyHaveNoMoreThanThereAre() {
    BodyPlaces places = new BodyPlaces(2);
    BodyPlaces.Holder first = take(places, "one", 1);
    take(places, "other", 1);

    assertThatThrownBy(() -> take(places, "third", 1)).isInstanceOf(ApiException.class);
    first.close();
    take(places, "third", 1);
  }

  @Test
  void aLargeBodyCountsForSeveral() {
    BodyPlaces places = new BodyPlaces(64);
    BodyPlaces.Holder first = take(places, "one", 4);
    take(places, "one", 4);

    assertThatThrownBy(() -> take(places, "one", 1)).isInstanceOf(ApiException.class);
    first.giveBack();
    takeEach(places, "one", 4);
    assertThatThrownBy(() -> take(places, "one", 1)).isInstanceOf(ApiException.class);
  }

  @Test
  void placesAreGivenBackOnce() {
    BodyPlaces places = new BodyPlaces(8);
    BodyPlaces.Holder holder = take(places, "one", 4);
    holder.giveBack();
    holder.close();

    take(places, "one", 8);
    assertThatThrownBy(() -> take(places, "one", 1)).isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> take(places, "other", 1)).isInstanceOf(ApiException.class);
  }

  @Test
  void aServerWithFewerPlacesThanABodyWantsGivesItAll() {
    BodyPlaces places = new BodyPlaces(2);
    BodyPlaces.Holder large = take(places, "one", 4);

    assertThatThrownBy(() -> take(places, "other", 1)).isInstanceOf(ApiException.class);
    large.close();
    takeEach(places, "other", 2);
  }
}
