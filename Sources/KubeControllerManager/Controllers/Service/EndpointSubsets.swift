import Documents
import KubeObjects

/// The subsets of an Endpoints object: addresses with the same ports together.
struct EndpointSubsets {
  private struct Address {
    var value: Value
    var isReady: Bool
    var ip: String
  }

  private var groups: [[ServicePort]: [Address]] = [:]
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
      groups[Self.sorted(ports), default: []].append(
        Address(value: address, isReady: publishesAll || pod.isReady, ip: ip))
    }
  }

  private static func sorted(_ ports: [ServicePort]) -> [ServicePort] {
    ports.sorted { ($0.port, $0.proto, $0.name) < ($1.port, $1.proto, $1.name) }
  }

  /// The list, or nil when nothing is behind the Service.
  var value: Value? {
    guard !groups.isEmpty else { return nil }
    let ordered = groups.sorted { ServicePort.order($0.key) < ServicePort.order($1.key) }
    return .array(
      ordered.map { ports, addresses in
        let sorted = addresses.sorted { $0.ip < $1.ip }.prefix(Self.capacity)
        var subset: Value = [:]
        let ready = sorted.filter(\.isReady).map(\.value)
        let others = sorted.filter { !$0.isReady }.map(\.value)
        if !ready.isEmpty { subset["addresses"] = .array(ready) }
        if !others.isEmpty { subset["notReadyAddresses"] = .array(others) }
        if !ports.isEmpty { subset["ports"] = .array(ports.map(Self.port)) }
        return subset
      })
  }

  private static func port(_ port: ServicePort) -> Value {
    var value: Value = ["port": .int(port.port), "protocol": .string(port.proto)]
    if !port.name.isEmpty { value["name"] = .string(port.name) }
    if let name = port.appProtocol { value["appProtocol"] = .string(name) }
    return value
  }
}
