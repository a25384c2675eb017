package lockstep.server.http;

/** Which credentials a route asks for. The edge only passes this on to {@link Admission}. */
public enum Access {
  /** No authentication: anyone on the network may call the route. */
  PUBLIC,
  /** The token of a member or of a service account. */
  ACCOUNT,
  /** As {@link #ACCOUNT}, and the older service tokens of the client protocol too. */
  ACCOUNT_OR_SERVICE_TOKEN,
  /** The token of an identity provider that provisions accounts. */
  PROVISIONING
}
