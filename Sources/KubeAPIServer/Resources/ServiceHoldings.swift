import Documents
import Etcd
package import KubeObjects

/// The addresses and node ports that Services have, kept as Services are written: giving one away
/// costs the same however many there are.
package final class ServiceHoldings {
  /// Where the addresses of Services come from (--service-cluster-ip-range).
  package var range = IPPrefix.standardServices

  private var addresses: [String: Int] = [:]
  /// Holders of each port as namespace/name.
  private var nodePorts: [Int64: Set<String>] = [:]

  init(etcd: KeyValueStore) {
    // A watch from now can not find its revision compacted.
    _ = try? etcd.watch(from: "/registry/services/specs/", before: "/registry/services/specs0") {
      [weak self] events in
      for event in events {
        if let gone = event.previous?.value { self?.drop(gone) }
        if let new = event.entry?.value { self?.take(new) }
      }
    }
  }

  func isTaken(address: String) -> Bool { addresses[address] != nil }

  /// Whether a Service other than `service` has the port.
  func isTaken(nodePort: Int64, besides service: Value) -> Bool {
    guard let holders = nodePorts[nodePort] else { return false }
    return holders.count > 1 || !holders.contains(Self.name(service))
  }

  private func take(_ service: Value) {
    for address in service["spec"]?.texts("clusterIPs") ?? [] where address != "None" {
      addresses[address, default: 0] += 1
    }
    for port in Self.nodePorts(service) {
      nodePorts[port, default: []].insert(Self.name(service))
    }
  }

  private func drop(_ service: Value) {
    for address in service["spec"]?.texts("clusterIPs") ?? [] {
      guard let count = addresses[address] else { continue }
      addresses[address] = count > 1 ? count - 1 : nil
    }
    for number in Self.nodePorts(service) {
      guard var holders = nodePorts[number] else { continue }
      holders.remove(Self.name(service))
      nodePorts[number] = holders.isEmpty ? nil : holders
    }
  }

  private static func nodePorts(_ service: Value) -> [Int64] {
    let spec = service["spec"] ?? [:]
    return
      (spec.items("ports").map { $0.number("nodePort") }
      + [spec.number("healthCheckNodePort")]).filter { $0 != 0 }
  }

  private static func name(_ service: Value) -> String { "\(service.namespace)/\(service.name)" }
}
