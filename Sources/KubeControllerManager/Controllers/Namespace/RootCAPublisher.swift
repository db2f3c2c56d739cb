import Documents
import KubeAPIServer
import KubeObjects

/// Publishes the cluster's certificate authority as ConfigMap kube-root-ca.crt in every namespace.
final class RootCAPublisher: Reconciler {
  static let name = "root-ca-certificate-publisher-controller"

  private let client: ComponentClient
  private let namespaces: Informer
  private let maps: Informer
  private let context: ControllerContext
  private var queue: WorkQueue<String>!

  private static let mapName = "kube-root-ca.crt"
  private static let about =
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
    + "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
    + "guaranteed across distributions of Kubernetes clusters."

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("root-ca-cert-publisher")
    namespaces = context.informer(.namespaces)
    maps = context.informer(.configMaps)
  }

  func start() {
    guard !context.configuration.rootCA.isEmpty else { return }
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.reconcile(name)
      return .done
    }
    namespaces.onChange { [weak self] _, new in
      if let new { self?.queue.add(new.name) }
    }
    maps.onChange { [weak self] old, new in
      guard let object = new ?? old, object.name == Self.mapName else { return }
      self?.queue.add(object.namespace)
    }
  }

  private func reconcile(_ name: String) throws(StatusError) {
    guard let namespace = namespaces["", name], !namespace.isBeingDeleted else { return }
    let data: Value = ["ca.crt": .string(context.configuration.rootCA)]
    guard var map = maps[name, Self.mapName] else {
      do throws(StatusError) {
        _ = try client.create(
          .configMaps,
          [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
              "name": .string(Self.mapName), "namespace": .string(name),
              "annotations": ["kubernetes.io/description": .string(Self.about)],
            ],
            "data": data,
          ], namespace: name)
      } catch {
        if !error.isAlreadyExists, !error.isNamespaceTerminating { throw error }
      }
      return
    }
    let isRight =
      map["data"] == data && map.annotation("kubernetes.io/description") == Self.about
    guard !isRight else { return }
    map["data"] = data
    map.setAnnotation("kubernetes.io/description", Self.about)
    _ = try client.update(.configMaps, map)
  }
}
