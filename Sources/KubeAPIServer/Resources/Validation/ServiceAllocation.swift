import Documents
import KubeObjects

/// The addresses and node ports that Services are given.
struct ServiceAllocation {
  private let context: RequestContext
  private let path = FieldPath("spec")
  private var range: IPPrefix { context.objects.services.range }
  /// How many addresses the range has, as far as they are used.
  private var size: Int { 1 << min(20, max(2, 32 - range.length)) }
  /// Neither the network's own address nor its last one can be given away.
  private var hosts: ClosedRange<UInt128> {
    let network = range.network.bits
    return network + 1...network + UInt128(size) - 2
  }
  private static let nodePorts: ClosedRange<Int64> = 30_000...32_767

  init(_ context: RequestContext) { self.context = context }

  /// Fills in what is missing and refuses what is taken.
  func allocate(_ service: inout Value, old: Value?) throws(StatusError) {
    guard let spec = service["spec"] else { return }
    if ServiceAddresses.needsAddress(spec) {
      // Unsound Services are refused for what is wrong with them, not for their addresses.
      if old == nil, !ServiceValidation.validate(service, beforeAllocation: true).isEmpty {
        return
      }
      setFamilies(&service)
      try allocateAddress(&service, old: old)
    }
    if ServiceAddresses.needsNodePort(spec) || hasNodePorts(spec) {
      try allocatePorts(&service, old: old)
    }
    if ServiceAddresses.needsHealthCheck(spec) { try allocateHealthCheck(&service) }
  }

  /// The node port at which a load balancer asks whether a node has Pods of the Service.
  private func allocateHealthCheck(_ service: inout Value) throws(StatusError) {
    let taken = context.objects.services
    let wanted = service["spec"]?.number("healthCheckNodePort") ?? 0
    let own = Set((service["spec"]?.items("ports") ?? []).map { $0.number("nodePort") })
    if wanted == 0 {
      let before = service
      let chosen = freePort { own.contains($0) || taken.isTaken(nodePort: $0, besides: before) }
      service["spec"]?["healthCheckNodePort"] = .int(chosen)
      return
    }
    var why: String?
    if !Self.nodePorts.contains(wanted) {
      why =
        "provided port is not in the valid range. The range of valid ports is "
        + "\(Self.nodePorts.lowerBound)-\(Self.nodePorts.upperBound)"
    } else if own.contains(wanted) || taken.isTaken(nodePort: wanted, besides: service) {
      why = "provided port is already allocated"
    }
    if let why {
      throw .internalError(
        "failed to allocate requested HealthCheck NodePort \(wanted): \(why)")
    }
  }

  private func hasNodePorts(_ spec: Value) -> Bool {
    spec.items("ports").contains { $0.number("nodePort") != 0 }
  }

  private func setFamilies(_ service: inout Value) {
    let spec = service["spec"] ?? [:]
    if ServiceAddresses.isHeadlessWithoutSelector(spec) {
      // Whoever fills in its addresses may use both families.
      service["spec"]?.fill("ipFamilyPolicy", "RequireDualStack")
      let isSingle = service["spec"]?.text("ipFamilyPolicy") == "SingleStack"
      let families = spec.texts("ipFamilies")
      if families.isEmpty {
        service["spec"]?["ipFamilies"] = isSingle ? ["IPv4"] : ["IPv4", "IPv6"]
      } else if families.count == 1, !isSingle {
        service["spec"]?["ipFamilies"] =
          families[0] == "IPv6" ? ["IPv6", "IPv4"] : ["IPv4", "IPv6"]
      }
      return
    }
    service["spec"]?.fill("ipFamilyPolicy", "SingleStack")
    if service["spec"]?.items("ipFamilies").isEmpty ?? true {
      service["spec"]?["ipFamilies"] = ["IPv4"]
    }
  }

  private func invalid(_ service: Value, _ error: FieldError) -> StatusError {
    .invalid(group: "", kind: "Service", name: service.name, [error])
  }

  private func allocateAddress(_ service: inout Value, old: Value?) throws(StatusError) {
    let wanted = service["spec"]?.texts("clusterIPs").first ?? ""
    if wanted == "None" { return }
    if wanted.isEmpty {
      let chosen = freeAddress()
      service["spec"]?["clusterIP"] = .string(chosen)
      service["spec"]?["clusterIPs"] = [.string(chosen)]
      return
    }
    if old?["spec"]?.texts("clusterIPs").first == wanted { return }
    let shown = service["spec"]?["clusterIPs"] ?? .null
    let place = path.child("clusterIPs")
    guard let address = IPAddress(wanted), hosts.contains(address.bits),
      !address.isVersion6
    else {
      throw invalid(
        service,
        .invalid(
          place, shown,
          "failed to allocate IP \(wanted): the provided IP (\(wanted)) is not in the valid "
            + "range. The range of valid IPs is \(range)"))
    }
    if context.objects.services.isTaken(address: wanted) {
      throw invalid(
        service,
        .invalid(
          place, shown, "failed to allocate IP \(wanted): provided IP is already allocated"))
    }
  }

  // Upstream picks at random from the upper part of the range and leaves the lower to those who
  // choose for themselves.
  private func freeAddress() -> String {
    let base = range.network.bits
    // calculateRangeOffset: a sixteenth of the range, from 16 to 256 addresses.
    let reserved = min(max(16, size / 16), 256)
    for _ in 0..<64 {
      let offset = reserved + context.objects.random(below: size - reserved - 1)
      let address = IPAddress(bits: base + UInt128(offset), isVersion6: false).description
      if !context.objects.services.isTaken(address: address) { return address }
    }
    for offset in 1..<size {
      let address = IPAddress(bits: base + UInt128(offset), isVersion6: false).description
      if !context.objects.services.isTaken(address: address) { return address }
    }
    return ""
  }

  private func allocatePorts(_ service: inout Value, old: Value?) throws(StatusError) {
    let taken = context.objects.services
    var ports = service["spec"]?.items("ports") ?? []
    for (index, port) in ports.enumerated() {
      let wanted = port.number("nodePort")
      guard wanted != 0 else { continue }
      let place = path.child("ports").index(index).child("nodePort")
      if !Self.nodePorts.contains(wanted) {
        throw invalid(
          service,
          .invalid(
            place, .int(wanted),
            "provided port is not in the valid range. The range of valid ports is 30000-32767"))
      }
      if taken.isTaken(nodePort: wanted, besides: service) {
        throw invalid(
          service, .invalid(place, .int(wanted), "provided port is already allocated"))
      }
    }
    guard ServiceAddresses.needsNodePort(service["spec"] ?? [:]) else { return }
    var own = Set(ports.map { $0.number("nodePort") })
    for (index, port) in ports.enumerated() where port.number("nodePort") == 0 {
      let chosen = freePort { own.contains($0) || taken.isTaken(nodePort: $0, besides: service) }
      own.insert(chosen)
      ports[index]["nodePort"] = .int(chosen)
    }
    service["spec"]?["ports"] = .array(ports)
  }

  private func freePort(_ isUsed: (Int64) -> Bool) -> Int64 {
    let count = Int(Self.nodePorts.upperBound - Self.nodePorts.lowerBound) + 1
    let start = context.objects.random(below: count)
    for step in 0..<count {
      let port = Self.nodePorts.lowerBound + Int64((start + step) % count)
      if !isUsed(port) { return port }
    }
    return 0
  }
}
