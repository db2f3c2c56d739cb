package import KubeAPIServer
import KubeObjects
import Simulation

/// kube-controller-manager: runs every controller of `Controllers.all`.
package final class ControllerManager {
  /// What differs from cluster to cluster, as the real program's flags do.
  package struct Configuration {
    /// Pods get their addresses from here, a part for each node; empty: nodes get none.
    package var clusterCIDR = ""
    package var nodeMaskSize = 24
    /// The cluster's certificate authority, PEM, for every namespace's kube-root-ca.crt.
    package var rootCA = ""
    /// Signs certificate requests; nil: none are signed.
    package var signer: (any CertificateSigner)?
    /// HMAC-SHA256 of a message with a secret; nil: cluster-info is not signed.
    package var messageAuthentication: ((_ secret: [UInt8], _ message: [UInt8]) -> [UInt8])?
    /// The hexadecimal SHA-256 by which attachments are named.
    package var sha256: (_ text: String) -> String = { $0 }
    /// Where the data of CSI drivers' volumes are; nil: snapshots and clones are empty.
    package weak var volumeData: (any VolumeDataStore)?
    /// Names of controllers to leave out.
    package var disabled: Set<String> = []

    package init() {}
  }

  private let context: ControllerContext
  private var running: [any Reconciler] = []

  package init(server: APIServer, seed: UInt64, configuration: Configuration = .init()) {
    context = ControllerContext(server: server, seed: seed, configuration: configuration)
  }

  /// Starts all controllers, in the order of the list.
  package func start() {
    running = Controllers.all.filter { !context.configuration.disabled.contains($0.name) }.map {
      $0.init(context)
    }
    for controller in running { controller.start() }
  }
}
