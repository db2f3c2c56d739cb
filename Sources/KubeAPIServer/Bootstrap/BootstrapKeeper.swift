import Documents
import KubeObjects
import Simulation

/// Makes again what the API server keeps in every cluster, when it is deleted: the kubernetes
/// Service and its endpoints within ten seconds, the system's namespaces and what priority and
/// fairness comes with within a minute, what other servers are to trust at once.
final class BootstrapKeeper {
  private struct Place: Hashable {
    let resource: GroupVersionResource
    let namespace: String
    let name: String
  }

  private unowned let server: APIServer
  private var kept: [Place: Value] = [:]

  init(server: APIServer) { self.server = server }

  func keep(_ object: Value, _ resource: GroupVersionResource) {
    let place = Place(resource: resource, namespace: object.namespace, name: object.name)
    if period(place) != nil { kept[place] = object }
  }

  func isGone(_ resource: GroupVersionResource, namespace: String, name: String) {
    let place = Place(resource: resource, namespace: namespace, name: name)
    guard let period = period(place), kept[place] != nil else { return }
    makeSoon(place, period)
  }

  private func period(_ place: Place) -> Span? {
    switch place.resource {
    case .services, .endpoints, .endpointSlices:
      place.namespace == "default" && place.name == "kubernetes" ? .seconds(10) : nil
    case .namespaces: .minutes(1)
    case .configMaps:
      place.namespace == "kube-system" && place.name == "extension-apiserver-authentication"
        ? .zero : nil
    default: place.resource.group == "flowcontrol.apiserver.k8s.io" ? .minutes(1) : nil
    }
  }

  /// At the next multiple of the period since the server's start.
  private func makeSoon(_ place: Place, _ period: Span) {
    let age = (server.timeline.now - server.started).nanoseconds
    let wait = period == .zero ? 0 : period.nanoseconds - age % period.nanoseconds
    server.timeline.after(Span(nanoseconds: wait)) { [weak self] in self?.make(place, period) }
  }

  private func make(_ place: Place, _ period: Span) {
    guard var object = kept[place] else { return }
    for field in ["uid", "creationTimestamp", "managedFields", "generation", "resourceVersion"] {
      object["metadata"]?[field] = nil
    }
    object["status"] = nil
    if place.resource == .services {
      object["spec"]?["clusterIPs"] = nil
      object["spec"]?["ipFamilies"] = nil
    }
    do throws(StatusError) {
      _ = try server.ownClient.create(place.resource, object, namespace: place.namespace)
    } catch {
      if error.reason != "AlreadyExists" {
        makeSoon(place, period == .zero ? .seconds(60) : period)
      }
    }
  }
}
