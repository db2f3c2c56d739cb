import Documents
import KubeAPIServer
import KubeObjects

/// Writes the Endpoints of every Service that has a selector.
final class EndpointsController: Reconciler {
  static let name = "endpoints-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let services: Informer
  private let endpoints: Informer
  private let index: ServiceIndex
  private var queue: WorkQueue<Informer.Key>!
  private var triggers = TriggerTimes()
  private var pacing = Pacing()

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("endpoint-controller")
    services = context.informer(.services)
    endpoints = context.informer(.endpoints)
    index = ServiceIndex(services)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] key throws(StatusError) in
      try self?.reconcile(key)
      return .done
    }
    services.onChange { [weak self] old, new in
      guard let object = new ?? old else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: object.name))
    }
    context.pods.onChange { [weak self] old, new in
      guard let self else { return }
      for key in index.concerned(old, new) { queue.add(key, after: pacing.delay(key)) }
    }
    endpoints.onChange { [weak self] old, new in
      guard let object = new ?? old, new == nil else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: object.name))
    }
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    guard let service = services.objects[key] else {
      triggers.forget(key)
      if endpoints.objects[key] != nil {
        do throws(StatusError) {
          try client.delete(.endpoints, key.name, namespace: key.namespace)
        } catch { if !error.isNotFound { throw error } }
      }
      return
    }
    if service[path: "spec", "type"]?.string == "ExternalName" { return }
    guard let selector = service[path: "spec", "selector"]?.object, !selector.isEmpty else {
      return
    }
    let pods = context.pods.inNamespace(key.namespace).filter { pod in
      selector.allSatisfy { pod.labels?[$0.key] == $0.value }
    }
    pacing.note(key, size: pods.count)
    let subsets = EndpointSubsets(service: service, pods: pods).value
    try write(service, key, subsets, trigger: triggers.observe(key, service, pods))
  }

  private func write(
    _ service: Value, _ key: Informer.Key, _ subsets: Value?, trigger: String?
  ) throws(StatusError) {
    var labels = service.labels ?? .emptyObject
    labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
    let isHeadless = service[path: "spec", "clusterIP"]?.string == "None"
    labels["service.kubernetes.io/headless"] = isHeadless ? "" : nil
    let known = endpoints.objects[key]
    if let known, known["subsets"] == subsets, known.labels == labels { return }
    var object: Value =
      known ?? [
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
      ]
    object["metadata"]?["labels"] = labels
    object["subsets"] = subsets
    object.setAnnotation(TriggerTimes.annotation, trigger)
    do throws(StatusError) {
      _ =
        known == nil
        ? try client.create(.endpoints, object, namespace: key.namespace)
        : try client.update(.endpoints, object)
    } catch { if !error.isNamespaceTerminating { throw error } }
  }
}
