package lockstep.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Takes every request through the same checks, in the order the API promises: route (404), size of
 * the body (413), credentials (401), method (405), network policy and rate limit (403, 429), query
 * string (400), endpoint.
 *
 * <p>What strangers can make the server hold is little. A body of known length is read only after
 * admission. One of unknown length has to be counted before credentials can be refused, but then
 * nothing of it is kept, and the stranger's place among the concurrent requests is given back
 * first. On public routes, bodies are read by a bounded number of requests at a time. Known callers
 * send their bodies in {@link BodyPlaces}, without a place among the requests meanwhile. A body
 * that is larger than most routes allow takes the places of several, and keeps them until its
 * endpoint returns. Answers that clients are slow to take are bounded by {@link UnsentAnswers}.
 */
final class Edge<C> extends Handler.Abstract {
  private static final int PUBLIC_BODIES_SHARE = 4;
  private static final int BODIES_SHARE = 2;

  private final Router<C> router;
  private final Admission<C> admission;
  private final Exchanges exchanges;
  private final HttpSettings settings;
  private final ClientAddress clientAddress;
  private final JsonReader json;
  private final Semaphore requests;
  private final Semaphore publicBodies;
  private final BodyPlaces bodies;

  Edge(HttpSettings settings, Router<C> router, Admission<C> admission, Exchanges exchanges) {
    this.router = router;
    this.admission = admission;
    this.exchanges = exchanges;
    this.settings = settings;
    this.clientAddress = new ClientAddress(settings.trustedProxies());
    this.json = new JsonReader(settings.limits().maxJsonDepth());
    int concurrent = settings.limits().maxConcurrentRequests();
    this.requests = new Semaphore(concurrent);
    this.publicBodies = new Semaphore(Math.ceilDiv(concurrent, PUBLIC_BODIES_SHARE));
    this.bodies = new BodyPlaces(Math.ceilDiv(concurrent, BODIES_SHARE));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchanges.Exchange exchange = exchanges.begin(request);
    // Time spent in an endpoint is not the client's: silence meanwhile must not end the request.
    request.addIdleTimeoutListener(_ -> false);
    Reply reply;
    try {
      reply = answer(request, exchange);
    } catch (Throwable fault) { // Errors too: a stack overflow is one request's problem.
      reply = Reply.refusal(ErrorFormat.PLAIN, exchange.failure(fault));
    }
    exchange.sendOnCondition(response, callback, reply);
    return true;
  }

  private Reply answer(Request request, Exchanges.Exchange exchange) {
    String rawPath = request.getHttpURI().getPath();
    Optional<RequestPath> path = rawPath == null ? Optional.empty() : RequestPath.parse(rawPath);
    Optional<Router.Match<C>> match = path.flatMap(router::match);
    int usual = settings.limits().maxBodyBytes();
    RequestBody body =
        new RequestBody(
            request,
            exchange.connection(),
            match.map(found -> found.target().maxBodyBytes(usual)).orElse(usual),
            settings.timeouts().request());
    if (match.isEmpty()) {
      return refusal(ErrorFormat.PLAIN, ApiException.notFound(EdgeErrors.text(404)), body);
    }
    Router.Target<C> target = match.get().target();
    exchange.route(target.template());
    try {
      Call call = call(request, exchange, path.get(), match.get());
      body.checkLength();
      if (!ignoresBody(call)) {
        body.checkEncoding();
      }
      return target.access() == Access.PUBLIC
          ? answerPublic(target, call, body)
          : answerAuthenticated(target, call, body, exchange);
    } catch (ApiException refused) {
      return refusal(target.errors(), refused, body);
    }
  }

  private static Reply refusal(ErrorFormat format, ApiException refused, RequestBody body) {
    Reply refusal = Reply.refusal(format, refused);
    return body.settle() ? refusal : refusal.header("Connection", "close");
  }

  private Reply answerPublic(Router.Target<C> target, Call call, RequestBody body) {
    PublicEndpoint endpoint = target.open(call.method());
    call.query();
    if (!ignoresBody(call)) {
      try (Permit _ = Permit.of(publicBodies)) {
        call.receive(body.read());
      }
    }
    if (target.needsNoPlace()) {
      return endpoint.handle(call);
    }
    try (Permit permit = Permit.of(requests)) {
      return permit.until(endpoint.handle(call));
    }
  }

  private Reply answerAuthenticated(
      Router.Target<C> target, Call call, RequestBody body, Exchanges.Exchange exchange) {
    try (Permit permit = Permit.of(requests);
        BodyPlaces.Holder places = bodies.holder()) {
      boolean readFirst = !body.lengthIsKnown() && !ignoresBody(call);
      C caller;
      try {
        caller = admission.authenticate(call, target.access());
      } catch (ApiException refused) {
        permit.giveBack();
        if (readFirst) {
          body.discard();
        }
        throw refused;
      }
      exchange.account(admission.account(caller));
      if (readFirst) {
        caller = receive(call, caller, target, body, permit, places);
      }
      Endpoint<C> endpoint = target.guarded(call.method());
      try {
        admission.admit(caller, call);
        call.query();
        if (!readFirst && !ignoresBody(call)) {
          caller = receive(call, caller, target, body, permit, places);
        }
        return permit.until(endpoint.handle(call, caller));
      } catch (ApiException refused) {
        admission.refused(caller, call, target.template(), refused);
        throw refused;
      }
    }
  }

  /**
   * Gives the request's place back while its client decides how long this takes. Returns the caller
   * as it is afterwards: much may have been taken from it meanwhile.
   */
  private C receive(
      Call call,
      C caller,
      Router.Target<C> target,
      RequestBody body,
      Permit permit,
      BodyPlaces.Holder places) {
    permit.giveBack();
    int usual = Math.max(settings.limits().maxBodyBytes(), 1);
    places.take(admission.account(caller), Math.max(Math.ceilDiv(body.mostBytes(), usual), 1));
    byte[] received = body.read();
    if (received.length <= usual) {
      places.giveBack();
    }
    call.receive(received);
    permit.takeAgain();
    return admission.authenticate(call, target.access());
  }

  private Call call(
      Request request, Exchanges.Exchange exchange, RequestPath path, Router.Match<C> match) {
    String query = request.getHttpURI().getQuery();
    return new Call(
        exchange.id(),
        request.getMethod(),
        path,
        match.parameters(),
        query == null ? "" : query,
        name -> request.getHeaders().getValuesList(name),
        address(request),
        json);
  }

  private Optional<InetAddress> address(Request request) {
    if (!(request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress socket)
        || socket.getAddress() == null) {
      return Optional.empty();
    }
    return Optional.of(
        clientAddress.of(socket.getAddress(), name -> request.getHeaders().getValuesList(name)));
  }

  private static boolean ignoresBody(Call call) {
    return call.method().equals("GET") || call.method().equals("HEAD");
  }

  /** A place among a bounded number; given back early or at the end, but once for each taking. */
  private static final class Permit implements AutoCloseable {
    private final Semaphore semaphore;
    private boolean held;

    private Permit(Semaphore semaphore) {
      this.semaphore = semaphore;
    }

    static Permit of(Semaphore semaphore) {
      Permit permit = new Permit(semaphore);
      permit.takeAgain();
      return permit;
    }

    void takeAgain() {
      if (!semaphore.tryAcquire()) {
        throw ApiException.unavailable(EdgeErrors.text(503), 1);
      }
      held = true;
    }

    @Override
    public void close() {
      giveBack();
    }

    void giveBack() {
      if (held) {
        held = false;
        semaphore.release();
      }
    }

    /** The same reply, which keeps the place until it can be sent, whoever took it. */
    Reply until(Reply reply) {
      if (!held || reply.condition().isEmpty()) {
        return reply;
      }
      Reply kept = reply.on(reply.condition().get().whenComplete((_, _) -> semaphore.release()));
      held = false;
      return kept;
    }
  }
}
