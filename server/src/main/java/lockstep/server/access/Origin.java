package lockstep.server.access;

import java.net.InetAddress;
import java.util.Optional;
import lockstep.server.net.AddressLiteral;

/**
 * Where a request comes from, for network policies and audit events.
 *
 * @param clientAddress the client's address, if known
 * @param userAgent what the client calls itself, any text
 * @param requestId the server's name for the request
 */
public record Origin(Optional<InetAddress> clientAddress, String userAgent, String requestId) {

  /** The client's address as text, empty if unknown. */
  public String clientAddressText() {
    return clientAddress.map(AddressLiteral::format).orElse("");
  }
}
