package lockstep.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What a Java process allocates, as its JVM counts it for all threads, virtual ones and those that
 * have ended included. Needs no option at its start: an agent of the JDK is loaded into it, which
 * takes a few MiB there.
 */
final class Allocations implements AutoCloseable {

  private final JMXConnector connector;
  private final MBeanServerConnection server;

  private Allocations(JMXConnector connector, MBeanServerConnection server) {
    this.connector = connector;
    this.server = server;
  }

  // The address is what a process that this run started says about itself.
  @SuppressWarnings("BanJNDI")
  static Allocations of(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      String address = machine.startLocalManagementAgent();
      machine.detach();
      JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
      return new Allocations(connector, connector.getMBeanServerConnection());
    } catch (AttachNotSupportedException e) {
      throw new IOException(e);
    }
  }

  /** Since the process was started. */
  long bytes() throws IOException {
    try {
      return (Long)
          server.getAttribute(
              new ObjectName("java.lang:type=Threading"), "TotalThreadAllocatedBytes");
    } catch (JMException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
