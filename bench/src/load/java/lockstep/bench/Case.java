package lockstep.bench;

import java.util.List;

/**
 * One kind of load.
 *
 * @param name as the results show it
 * @param status of the answer to the first request
 * @param requests sent in turn; the body of the answer to the first is what nginx serves
 */
record Case(String name, int status, List<Request> requests) {

  Case(String name, Request request) {
    this(name, List.of(request));
  }

  Case(String name, List<Request> requests) {
    this(name, 200, requests);
  }
}
