package lockstep.server.access;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import lockstep.server.net.AddressRange;

/**
 * From where an account may call. Policies of the account replace those of the organisation; with
 * neither, it may call from anywhere. Immutable.
 */
public final class NetworkPolicies {

  private final boolean restricted;
  private final List<AddressRange> allowed;

  /**
   * Each policy is a comma-separated list of addresses and CIDR ranges. Entries that are neither
   * are skipped; a policy of nothing else still restricts, and so lets nobody in.
   *
   * @param own the policies attached to the account
   * @param global the policies of the organisation for all accounts
   */
  public NetworkPolicies(List<String> own, List<String> global) {
    List<String> applicable = own.isEmpty() ? global : own;
    this.restricted = !applicable.isEmpty();
    this.allowed =
        applicable.stream()
            .flatMap(policy -> Arrays.stream(policy.split(",", -1)))
            .map(entry -> AddressRange.parse(entry.strip()))
            .flatMap(Optional::stream)
            .toList();
  }

  /** Whether the account may call from there. An unknown address is in no range. */
  public boolean allow(Optional<InetAddress> client) {
    return !restricted
        || client
            .filter(address -> allowed.stream().anyMatch(r -> r.contains(address)))
            .isPresent();
  }
}
