import Documents
import KubeAPIServer
import KubeObjects

/// Why a Service has nobody to send to, and what would help.
extension ClusterNetwork {
  func nobody(
    _ service: Value, _ entry: ServiceEntry, _ all: [ServiceEndpoint]
  ) -> String {
    all.isEmpty
      ? "Service \(service.namespacedName) has no endpoints"
      : "Service \(service.namespacedName) has \(all.count) endpoints, none of them ready"
  }

  func field(
    _ service: Value, _ entry: ServiceEntry, _ all: [ServiceEndpoint]
  ) -> String {
    guard all.isEmpty else { return "" }
    return entry.port["targetPort"]?.string != nil && !chosenPods(service).isEmpty
      ? "spec.ports[].targetPort" : "spec.selector"
  }

  private func chosenPods(_ service: Value) -> [Value] {
    guard let selector = service[path: "spec", "selector"], selector.object?.isEmpty == false
    else { return [] }
    let wanted = LabelSelector(labels: selector)
    return pods.objects.values.filter {
      $0.namespace == service.namespace && wanted.matches($0.labels)
    }
  }

  func remedy(
    _ service: Value, _ entry: ServiceEntry, _ all: [ServiceEndpoint]
  ) -> String {
    guard all.isEmpty else { return "see why its Pods are not ready: kubectl describe pod" }
    guard let selector = service[path: "spec", "selector"], selector.object?.isEmpty == false
    else { return "it has no selector: make an EndpointSlice, or give it one" }
    let wanted = LabelSelector(labels: selector)
    let chosen = chosenPods(service)
    if chosen.isEmpty {
      return "no Pod in \(service.namespace) has the labels \(wanted.description)"
    }
    if let name = entry.port["targetPort"]?.string {
      return "its Pods have no container port named \(name)"
    }
    return "its \(chosen.count) Pods are not running"
  }
}
