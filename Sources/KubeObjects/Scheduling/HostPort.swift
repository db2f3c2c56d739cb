package import Documents

/// A port of the node itself that a container of a Pod wants.
package struct HostPort: Hashable {
  private var port: Int64
  private var proto: String
  private var address: String

  /// The ports of a Pod's specification.
  package static func all(_ spec: Value) -> [HostPort] {
    var found: [HostPort] = []
    // Sidecars hold their ports as long as the Pod lives.
    let sidecars = (spec["initContainers"]?.array ?? []).filter {
      $0["restartPolicy"]?.string == "Always"
    }
    for container in sidecars + (spec["containers"]?.array ?? []) {
      for item in container["ports"]?.array ?? [] {
        guard let port = item["hostPort"]?.int, port > 0 else { continue }
        found.append(
          HostPort(
            port: port, proto: item["protocol"]?.string ?? "TCP",
            address: item["hostIP"]?.string ?? "0.0.0.0"))
      }
    }
    return found
  }

  /// Whether two Pods cannot have both.
  package func collides(with other: HostPort) -> Bool {
    guard port == other.port, proto == other.proto else { return false }
    return address == other.address || address.isAnyAddress || other.address.isAnyAddress
  }
}

extension String {
  fileprivate var isAnyAddress: Bool { isEmpty || self == "0.0.0.0" }
}
