import Documents
import KubeAPIServer
import KubeObjects

/// Which Services choose a Pod, and what of a Pod matters to them.
final class ServiceIndex {
  private let services: Informer
  private var selectors: [String: [String: Mapping]] = [:]

  init(_ services: Informer) {
    self.services = services
    services.onChange { [weak self] old, new in
      guard let object = new ?? old else { return }
      let selector = new?[path: "spec", "selector"]?.object ?? [:]
      self?.selectors[object.namespace, default: [:]][object.name] =
        selector.isEmpty ? nil : selector
    }
  }

  /// Services that choose labels, by name.
  func services(choosing labels: Value?, in namespace: String) -> [Informer.Key] {
    guard let found = selectors[namespace], !found.isEmpty else { return [] }
    return found.filter { _, selector in
      selector.allSatisfy { labels?[$0.key] == $0.value }
    }.keys.sorted().map { Informer.Key(namespace: namespace, name: $0) }
  }

  /// Services that a change of a Pod concerns.
  func concerned(_ old: PodRecord?, _ new: PodRecord?) -> [Informer.Key] {
    guard let pod = new ?? old else { return [] }
    guard selectors[pod.namespace]?.isEmpty == false else { return [] }
    if let old, let new, !Self.matters(old, new) { return [] }
    var found = services(choosing: pod.labels, in: pod.namespace)
    if let old, let new, old.labels != new.labels {
      found += services(choosing: old.labels, in: old.namespace)
      found = Array(Set(found)).sorted()
    }
    return found
  }

  private static func matters(_ old: PodRecord, _ new: PodRecord) -> Bool {
    old.labels != new.labels || old.isReady != new.isReady
      || old.isTerminating != new.isTerminating || old.phase != new.phase
      || old.value[path: "status", "podIPs"] != new.value[path: "status", "podIPs"]
      || old.value[path: "status", "podIP"] != new.value[path: "status", "podIP"]
      || old.nodeName != new.nodeName
  }
}

/// A port of a Service as a Pod offers it.
struct ServicePort: Hashable {
  var name: String
  var proto: String
  var port: Int64
  var appProtocol: String?

  /// The ports that `pod` offers to a Service; a named port that it lacks is left out.
  static func resolved(_ service: Value, _ pod: PodRecord) -> [ServicePort] {
    (service[path: "spec", "ports"]?.array ?? []).compactMap { item in
      let proto = item["protocol"]?.string ?? "TCP"
      guard let number = number(of: item, proto, pod) else { return nil }
      return ServicePort(
        name: item["name"]?.string ?? "", proto: proto, port: number,
        appProtocol: item["appProtocol"]?.string)
    }
  }

  /// A text by which sets of ports are put in order.
  static func order(_ ports: [ServicePort]) -> String {
    ports.map { "\($0.port + 100_000)/\($0.proto)/\($0.name)" }.joined(separator: ",")
  }

  private static func number(of item: Value, _ proto: String, _ pod: PodRecord) -> Int64? {
    switch item["targetPort"] {
    case .int(let number)? where number != 0: return number
    case .string(let name)?:
      if let number = Int64(name) { return number }
      let sidecars = (pod.value[path: "spec", "initContainers"]?.array ?? []).filter {
        $0["restartPolicy"]?.string == "Always"
      }
      let containers = (pod.value[path: "spec", "containers"]?.array ?? []) + sidecars
      for port in containers.flatMap({ $0["ports"]?.array ?? [] })
      where port["name"]?.string == name && (port["protocol"]?.string ?? "TCP") == proto {
        return port["containerPort"]?.int
      }
      return nil
    default: return item["port"]?.int
    }
  }
}

extension PodRecord {
  /// Its addresses, the first first.
  var addresses: [String] {
    let listed = value[path: "status", "podIPs"]?.array?.compactMap { $0["ip"]?.string } ?? []
    if !listed.isEmpty { return listed }
    return value[path: "status", "podIP"]?.string.flatMap { $0.isEmpty ? nil : [$0] } ?? []
  }

  /// Its host name as DNS shows it under a headless Service of its subdomain.
  func hostName(under service: Value) -> String? {
    guard let name = value[path: "spec", "hostname"]?.string, !name.isEmpty,
      value[path: "spec", "subdomain"]?.string == service.name, namespace == service.namespace
    else { return nil }
    return name
  }

  var reference: Value {
    [
      "kind": "Pod", "namespace": .string(namespace), "name": .string(name), "uid": .string(uid),
    ]
  }
}
