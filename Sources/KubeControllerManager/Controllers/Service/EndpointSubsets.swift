import Documents
import KubeObjects

/// The subsets of an Endpoints object: ports that are offered at the same addresses together
/// (endpoints.RepackSubsets).
struct EndpointSubsets {
  private struct Address {
    var value: Value
    var ip: String
    var uid: String
  }

  private var addresses: [Address] = []
  /// Of each port, who offers it, by place among the addresses, and whether it is ready; nil stands
  /// for no port at all.
  private var offers: [ServicePort?: [Int: Bool]] = [:]
  /// The API allows so many addresses; the rest is left out.
  private static let capacity = 1000

  init(service: Value, pods: [PodRecord]) {
    let publishesAll = service[path: "spec", "publishNotReadyAddresses"]?.bool ?? false
    let hasPorts = !(service[path: "spec", "ports"]?.array ?? []).isEmpty
    let isHeadless = service[path: "spec", "clusterIP"]?.string == "None"
    for pod in pods {
      guard let ip = pod.addresses.first, !pod.isFinished, publishesAll || !pod.isTerminating
      else { continue }
      let ports = ServicePort.resolved(service, pod)
      // Without any port only a headless Service has addresses to tell.
      guard !ports.isEmpty || isHeadless && !hasPorts else { continue }
      var address: Value = ["ip": .string(ip), "targetRef": pod.reference]
      if !pod.nodeName.isEmpty { address["nodeName"] = .string(pod.nodeName) }
      if let host = pod.hostName(under: service) { address["hostname"] = .string(host) }
      for port in ports.isEmpty ? [nil] : ports.map(Optional.some) {
        offers[port, default: [:]][addresses.count] = publishesAll || pod.isReady
      }
      addresses.append(Address(value: address, ip: ip, uid: pod.uid))
    }
  }

  /// The list, or nil when nothing is behind the Service.
  var value: Value? {
    guard !offers.isEmpty else { return nil }
    let groups = Dictionary(grouping: offers.keys) { offers[$0] ?? [:] }
    // Upstream orders subsets by a hash of all that they hold, uids too: any order is as right.
    let ordered = groups.map { members, ports in
      (members, ports.compactMap { $0 }.map { ($0.rank, $0) }.sorted { $0.0 < $1.0 }.map(\.1))
    }.sorted { ServicePort.order($0.1) < ServicePort.order($1.1) }
    return .array(ordered.map { members, ports in subset(ports, members) })
  }

  private func subset(_ ports: [ServicePort], _ members: [Int: Bool]) -> Value {
    let sorted = members.keys.sorted {
      (addresses[$0].ip, addresses[$0].uid) < (addresses[$1].ip, addresses[$1].uid)
    }.prefix(Self.capacity)
    var subset: Value = [:]
    for (key, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
      let part = sorted.filter { members[$0] == isReady }.map { addresses[$0].value }
      if !part.isEmpty { subset[key] = .array(part) }
    }
    if !ports.isEmpty { subset["ports"] = .array(ports.map(Self.port)) }
    return subset
  }

  private static func port(_ port: ServicePort) -> Value {
    var value: Value = ["port": .int(port.port), "protocol": .string(port.proto)]
    if !port.name.isEmpty { value["name"] = .string(port.name) }
    if let name = port.appProtocol { value["appProtocol"] = .string(name) }
    return value
  }
}

extension ServicePort {
  /// What Endpoints order their ports by: a hash of the port as Go prints it (portsByHash).
  fileprivate var rank: String {
    let dump =
      "(v1.EndpointPort){Name:(string)\(name) Port:(int32)\(port) Protocol:(v1.Protocol)\(proto) "
      + "AppProtocol:(*string)\(appProtocol ?? "<nil>")}"
    return Checksum.md5.hex(Array(dump.utf8))
  }
}
