package lockstep.bench;

import java.util.List;

/**
 * One kind of load.
 *
 * @param name as the results show it
 * @param requests sent in turn; the body of the answer to the first is what nginx serves
 */
record Case(String name, List<Request> requests) {

  Case(String name, Request request) {
    this(name, List.of(request));
  }
}
