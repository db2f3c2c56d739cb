import Documents
import KubeAPIServer
import KubeObjects

/// Tells in a ValidatingAdmissionPolicy's status what its expressions get wrong.
final class AdmissionPolicyStatus: Reconciler {
  static let name = "validatingadmissionpolicy-status-controller"
  private static let resource = GroupVersionResource(
    "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies")

  private let context: ControllerContext
  private let client: ComponentClient
  private let policies: Informer
  private var queue: WorkQueue<String>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client(Self.name)
    policies = context.informer(Self.resource)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    policies.onChange { [weak self] _, new in
      if let new { self?.queue.add(new.name) }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let policy = policies["", name],
      policy["status"]?["observedGeneration"]?.int != policy.generation
    else { return }
    _ = try client.patch(
      Self.resource, name, .merge,
      ["status": PolicyTypeChecking(client.server).status(of: policy)], subresource: "status")
  }
}
