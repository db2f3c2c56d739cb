import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// What controllers share: the clock, one informer for each resource, and the Pods read once.
final class ControllerContext {
  let server: APIServer
  let timeline: Timeline
  let configuration: ControllerManager.Configuration
  let seed: UInt64
  private var informers: [GroupVersionResource: Informer] = [:]
  /// The controller manager itself, which does what no controller has an account of its own for.
  let manager: ComponentClient

  init(server: APIServer, seed: UInt64, configuration: ControllerManager.Configuration) {
    self.server = server
    timeline = server.timeline
    self.configuration = configuration
    self.seed = seed
    manager = ComponentClient(
      server: server,
      user: UserInfo(name: "system:kube-controller-manager", groups: ["system:authenticated"]),
      manager: "kube-controller-manager")
  }

  lazy var pods = PodIndex(informer(.pods))
  /// Where the programs of storage run that controllers here stand in for.
  lazy var driverPods = DriverPods(self)

  /// The one cache of a resource that all controllers look at.
  func informer(_ resource: GroupVersionResource) -> Informer {
    if let known = informers[resource] { return known }
    let informer = manager.informer(resource)
    informers[resource] = informer
    return informer
  }

  /// A client as the controller's own service account (--use-service-account-credentials).
  func client(_ controller: String) -> ComponentClient {
    ComponentClient(
      server: server,
      user: UserInfo(
        name: "system:serviceaccount:kube-system:\(controller)",
        groups: [
          "system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated",
        ]),
      manager: "kube-controller-manager")
  }

  func recorder(_ client: ComponentClient, _ component: String) -> EventRecorder {
    EventRecorder(client, source: .component(component))
  }
}
