import Documents
import KubeAPIServer
import KubeObjects

/// Sees that every namespace has its ServiceAccount default.
final class ServiceAccountController: Reconciler {
  static let name = "serviceaccount-controller"

  private let client: ComponentClient
  private let namespaces: Informer
  private let accounts: Informer
  private let context: ControllerContext
  private var queue: WorkQueue<String>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("service-account-controller")
    namespaces = context.informer(.namespaces)
    accounts = context.informer(.serviceAccounts)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    namespaces.onChange { [weak self] _, new in
      if let new { self?.queue.add(new.name) }
    }
    accounts.onChange { [weak self] old, new in
      if new == nil, let old, old.name == "default" { self?.queue.add(old.namespace) }
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let namespace = namespaces["", name],
      namespace[path: "status", "phase"]?.string != "Terminating", !namespace.isBeingDeleted,
      accounts[name, "default"] == nil
    else { return }
    do throws(StatusError) {
      _ = try client.create(
        .serviceAccounts,
        [
          "apiVersion": "v1", "kind": "ServiceAccount",
          "metadata": ["name": "default", "namespace": .string(name)],
        ], namespace: name)
    } catch {
      if !error.isAlreadyExists, !error.isNamespaceTerminating { throw error }
    }
  }
}
