package lockstep.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer, with the assertions that nearly every test makes.
 *
 * @param text the body
 */
public record TestResponse(int status, HttpHeaders headers, String text) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  static TestResponse of(HttpResponse<byte[]> response) {
    return new TestResponse(
        response.statusCode(),
        response.headers(),
        new String(response.body(), StandardCharsets.UTF_8));
  }

  /** The body as JSON. */
  public JsonNode json() {
    return MAPPER.readTree(text);
  }

  /** The member {@code id} of the body, or of its first element. */
  public String id() {
    JsonNode json = json();
    return (json.isArray() ? json.get(0) : json).get("id").stringValue();
  }

  /** The text member of this name, of each element of an array. */
  public List<String> each(String member) {
    JsonNode json = json();
    JsonNode list = json.isArray() ? json : json.get("data");
    return StreamSupport.stream(list.spliterator(), false)
        .map(element -> element.get(member).stringValue())
        .toList();
  }

  /** Has this status; says what came instead. */
  public TestResponse is(int expected) {
    assertThat(status).as(text).isEqualTo(expected);
    return this;
  }

  /** Is an error with exactly this text. */
  public TestResponse isError(int expectedStatus, String expectedError) {
    assertThat(status).as(text).isEqualTo(expectedStatus);
    assertThat(json().get("error").stringValue()).isEqualTo(expectedError);
    assertThat(headers.firstValue("Content-Type")).hasValue("application/json");
    return this;
  }

  @Override
  public String toString() {
    return status + " " + text;
  }
}
