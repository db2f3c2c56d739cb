import Documents
import KubeObjects

/// The addresses and node ports that Services are given (the registry's Allocators), before anything
/// else of a Service is looked at.
struct ServiceAllocation {
  private let context: RequestContext
  private let path = FieldPath("spec")

  /// Addresses that may be given away.
  private struct Range {
    let prefix: IPPrefix
    /// How many addresses it has, as far as they are used.
    var size: Int { 1 << min(20, max(2, 32 - prefix.length)) }
    /// Neither the network's own address nor its last one can be given away.
    var hosts: ClosedRange<UInt128> {
      let network = prefix.network.bits
      return network + 1...network + UInt128(size) - 2
    }
  }

  /// The server's own range, then those of ServiceCIDRs that are ready (MultiCIDRServiceAllocator).
  private var ranges: [Range] {
    let own = context.objects.services.range
    let others = context.objects.list(.serviceCIDRs, namespace: "").filter {
      // One of which nobody has said anything yet counts, too.
      !$0.isBeingDeleted
        && !($0[path: "status", "conditions"]?.array ?? []).contains {
          $0.text("type") == "Ready" && $0.text("status") == "False"
        }
    }.flatMap { $0["spec"]?.texts("cidrs") ?? [] }.compactMap { IPPrefix($0) }.filter {
      !$0.address.isVersion6 && $0.length <= 30 && $0 != own
    }
    return ([own] + others).map { Range(prefix: $0) }
  }

  init(_ context: RequestContext) { self.context = context }

  /// Fills in what is missing and refuses what is taken or cannot be.
  func allocate(_ service: inout Value, old: Value?) throws(StatusError) {
    try settleFamilies(&service, old: old)
    if old.map({ !ServiceAddresses.needsAddress($0["spec"] ?? [:]) }) ?? true {
      try allocateAddress(&service)
    }
    try allocatePorts(&service, old: old)
  }

  private func invalid(_ service: Value, _ errors: [FieldError]) -> StatusError {
    .invalid(group: "", kind: "Service", name: service.name, errors)
  }

  // MARK: families

  /// Which families of addresses the Service has: this cluster has IPv4 alone (initIPFamilyFields).
  private func settleFamilies(_ service: inout Value, old: Value?) throws(StatusError) {
    guard let spec = service["spec"], ServiceAddresses.needsAddress(spec) else { return }
    let before = old?["spec"]
    if let before, isSettled(spec, before) { return }
    if !spec.has("ipFamilyPolicy") {
      service["spec"]?["ipFamilyPolicy"] =
        before?["ipFamilyPolicy"]
        ?? (ServiceAddresses.isHeadlessWithoutSelector(spec) ? "RequireDualStack" : "SingleStack")
    }
    var errors = ServiceValidation.addresses(service["spec"] ?? [:])
    if !errors.isEmpty { throw invalid(service, errors) }

    errors = fitPolicy(&service, before)
    for (index, address) in (service["spec"]?.texts("clusterIPs") ?? []).enumerated() {
      if address == "None" { break }
      guard index >= service["spec"]?.texts("ipFamilies").count ?? 0 else { continue }
      if IPAddress(address)?.isVersion6 == true {
        errors.append(
          .invalid(
            path.child("clusterIPs").index(index), service["spec"]?["clusterIPs"] ?? .null,
            "IPv6 is not configured on this cluster"))
      } else {
        let known = service["spec"]?.items("ipFamilies") ?? []
        service["spec"]?["ipFamilies"] = .array(known + ["IPv4"])
      }
    }
    if !errors.isEmpty { throw invalid(service, errors) }
    if ServiceAddresses.isHeadlessWithoutSelector(spec) { return settleHeadless(&service) }

    let policy = service["spec"]?.text("ipFamilyPolicy") ?? ""
    if policy == "RequireDualStack" {
      errors.append(
        .invalid(
          path.child("ipFamilyPolicy"), .string(policy),
          "this cluster is not configured for dual-stack services"))
    }
    for (index, family) in spec.texts("ipFamilies").enumerated() where family != "IPv4" {
      errors.append(
        .invalid(
          path.child("ipFamilies").index(index), .string(family),
          "not configured on this cluster"))
    }
    if !errors.isEmpty { throw invalid(service, errors) }
    if service["spec"]?.items("ipFamilies").isEmpty ?? true {
      service["spec"]?["ipFamilies"] = ["IPv4"]
    }
  }

  /// Services that preferred both families before and after are left as they are
  /// (isMatchingPreferDualStackClusterIPFields).
  private func isSettled(_ spec: Value, _ before: Value) -> Bool {
    spec.text("ipFamilyPolicy") == "PreferDualStack"
      && ["", "PreferDualStack"].contains(before.text("ipFamilyPolicy"))
      && spec["type"] == before["type"] && spec.texts("clusterIPs") == before.texts("clusterIPs")
      && spec.texts("ipFamilies") == before.texts("ipFamilies")
  }

  /// What the policy says of how many addresses and families there are.
  private func fitPolicy(_ service: inout Value, _ before: Value?) -> [FieldError] {
    let policy = service["spec"]?.text("ipFamilyPolicy") ?? ""
    let place = path.child("ipFamilyPolicy")
    var errors: [FieldError] = []
    for (field, what) in [("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")] {
      guard let before else { break }
      let (old, new) = (before.texts(field), service["spec"]?.texts(field) ?? [])
      if policy == "SingleStack" {
        if old == new, new.count > 1 { service["spec"]?[field] = .array([.string(new[0])]) }
      } else if !new.isEmpty, new.count < old.count {
        errors.append(
          .invalid(
            place, .string(policy), "must be 'SingleStack' to release the secondary \(what)"))
      }
    }
    guard policy == "SingleStack" else { return errors }
    for (field, what) in [("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")]
    where service["spec"]?.items(field).count == 2 {
      errors.append(
        .invalid(
          place, .string(policy),
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple \(what) are specified"))
    }
    return errors
  }

  /// Whoever fills in the addresses of a headless Service without selector may use both families.
  private func settleHeadless(_ service: inout Value) {
    var families = service["spec"]?.texts("ipFamilies") ?? []
    if families.isEmpty { families = ["IPv4"] }
    if families.count < 2, service["spec"]?.text("ipFamilyPolicy") != "SingleStack" {
      families.append(families[0] == "IPv4" ? "IPv6" : "IPv4")
    }
    service["spec"]?["ipFamilies"] = .array(families.map { .string($0) })
  }

  // MARK: addresses

  private func allocateAddress(_ service: inout Value) throws(StatusError) {
    guard let spec = service["spec"], ServiceAddresses.needsAddress(spec) else { return }
    let wanted = spec.texts("clusterIPs").first ?? ""
    if wanted == "None" { return }
    if wanted.isEmpty {
      // A dry run shows the network itself, since it takes nothing.
      let chosen =
        context.dryRun
        ? context.objects.services.range.network.description : freeAddress()
      service["spec"]?["clusterIP"] = .string(chosen)
      service["spec"]?["clusterIPs"] = [.string(chosen)]
      return
    }
    if let why = refusal(of: wanted) {
      throw invalid(
        service,
        [
          .invalid(
            path.child("clusterIPs"), spec["clusterIPs"] ?? .null,
            "failed to allocate IP \(wanted): \(why)")
        ])
    }
  }

  private func refusal(of wanted: String) -> String? {
    guard let address = IPAddress(wanted) else { return "invalid IP" }
    let fitting = ranges.first { !address.isVersion6 && $0.prefix.contains(address) }
    if !context.dryRun, fitting == nil {
      return "the provided network does not match the current range"
    }
    guard let fitting, fitting.hosts.contains(address.bits) else {
      return "the provided IP (\(wanted)) is not in the valid range. The range of valid IPs is "
        + "\((fitting?.prefix ?? context.objects.services.range))"
    }
    return !context.dryRun && context.objects.services.isTaken(address: wanted)
      ? "provided IP is already allocated" : nil
  }

  // Upstream picks at random from the upper part of the range and leaves the lower to those who
  // choose for themselves.
  private func freeAddress() -> String {
    for range in ranges {
      if let address = freeAddress(range) { return address }
    }
    return ""
  }

  private func freeAddress(_ range: Range) -> String? {
    let base = range.prefix.network.bits
    let size = range.size
    // calculateRangeOffset: a sixteenth of the range, from 16 to 256 addresses.
    let reserved = min(max(16, size / 16), 256)
    for _ in 0..<64 {
      let offset = reserved + context.objects.random(below: size - reserved - 1)
      let address = IPAddress(bits: base + UInt128(offset), isVersion6: false).description
      if !context.objects.services.isTaken(address: address) { return address }
    }
    for offset in 1..<size - 1 {
      let address = IPAddress(bits: base + UInt128(offset), isVersion6: false).description
      if !context.objects.services.isTaken(address: address) { return address }
    }
    return nil
  }

  // MARK: ports

  private func allocatePorts(_ service: inout Value, old: Value?) throws(StatusError) {
    var operation = PortOperation(context, service)
    if ["NodePort", "LoadBalancer"].contains(service["spec"]?.text("type")) {
      var ports = service["spec"]?.items("ports") ?? []
      let fills = ServiceAddresses.needsNodePort(service["spec"] ?? [:])
      if let old {
        let known = (old["spec"]?.items("ports") ?? []).map { $0.number("nodePort") }
        try update(&ports, of: service, fills, known: known, &operation)
      } else {
        try begin(&ports, of: service, fills, &operation)
      }
      if !ports.isEmpty { service["spec"]?["ports"] = .array(ports) }
    }
    let neededHealthCheck = old.map { ServiceAddresses.needsHealthCheck($0["spec"] ?? [:]) }
    if neededHealthCheck != true, ServiceAddresses.needsHealthCheck(service["spec"] ?? [:]) {
      try allocateHealthCheck(&service, &operation)
    }
  }

  private func refused(_ service: Value, _ index: Int, _ port: Int64, _ why: String) -> StatusError
  {
    invalid(
      service,
      [.invalid(path.child("ports").index(index).child("nodePort"), .int(port), why)])
  }

  /// A port of several protocols has one node port (initNodePorts).
  private func begin(
    _ ports: inout [Value], of service: Value, _ fills: Bool, _ operation: inout PortOperation
  ) throws(StatusError) {
    var chosen: [Int64: Int64] = [:]
    for (index, port) in ports.enumerated() {
      let (number, wanted) = (port.number("port"), port.number("nodePort"))
      if wanted == 0, !fills { continue }
      if let shared = chosen[number] {
        if wanted == 0 { ports[index]["nodePort"] = .int(shared) }
        guard wanted != 0, wanted != shared else { continue }
        if let why = operation.allocate(wanted) { throw refused(service, index, wanted, why) }
        continue
      }
      let asked = ports.first { $0.number("port") == number && $0.number("nodePort") != 0 }
      if let asked = asked?.number("nodePort") {
        if let why = operation.allocate(asked) { throw refused(service, index, asked, why) }
        chosen[number] = asked
      } else {
        chosen[number] = try operation.next()
      }
      ports[index]["nodePort"] = chosen[number].map { .int($0) }
    }
  }

  /// updateNodePorts
  private func update(
    _ ports: inout [Value], of service: Value, _ fills: Bool, known: [Int64],
    _ operation: inout PortOperation
  ) throws(StatusError) {
    var seen: Set<String> = []
    for (index, port) in ports.enumerated() {
      var number = port.number("nodePort")
      if number == 0 {
        if !fills { continue }
        number = try operation.next()
        ports[index]["nodePort"] = .int(number)
      } else if !known.contains(number), !operation.allocated.contains(number),
        let why = operation.allocate(number)
      {
        throw refused(service, index, number, why)
      }
      let shown = "{\(port.text("protocol")) \(number)}"
      if !seen.insert(shown).inserted { throw .plain("duplicate nodePort: \(shown)") }
    }
  }

  /// The node port at which a load balancer asks whether a node has Pods of the Service.
  private func allocateHealthCheck(
    _ service: inout Value, _ operation: inout PortOperation
  ) throws(StatusError) {
    let wanted = service["spec"]?.number("healthCheckNodePort") ?? 0
    guard wanted != 0 else {
      service["spec"]?["healthCheckNodePort"] = .int(try operation.next())
      return
    }
    if let why = operation.allocate(wanted) {
      throw .internalError("failed to allocate requested HealthCheck NodePort \(wanted): \(why)")
    }
  }
}

/// The node ports that one write takes (portallocator's operation).
private struct PortOperation {
  private let context: RequestContext
  private let service: Value
  private(set) var allocated: [Int64] = []

  private static let range: ClosedRange<Int64> = 30_000...32_767
  /// Ports are picked above these, which are left to those who choose for themselves: a
  /// thirty-second part of the range.
  private static let reserved = 86

  init(_ context: RequestContext, _ service: Value) {
    self.context = context
    self.service = service
  }

  private func isTaken(_ port: Int64) -> Bool {
    allocated.contains(port)
      || context.objects.services.isTaken(nodePort: port, besides: service)
  }

  /// Takes a port, or says why not. Dry runs do not look at the range.
  mutating func allocate(_ port: Int64) -> String? {
    if !context.dryRun, !Self.range.contains(port) {
      return "provided port is not in the valid range. The range of valid ports is "
        + "\(Self.range.lowerBound)-\(Self.range.upperBound)"
    }
    if isTaken(port) { return "provided port is already allocated" }
    allocated.append(port)
    return nil
  }

  /// Takes some port. Dry runs show a number that is none.
  mutating func next() throws(StatusError) -> Int64 {
    if context.dryRun {
      let port = (allocated.max() ?? 32_768) + 1
      allocated.append(port)
      return port
    }
    let upper = Self.range.count - Self.reserved
    let start = context.objects.random(below: upper)
    for step in 0..<Self.range.count {
      let offset = step < upper ? Self.reserved + (start + step) % upper : step - upper
      let port = Self.range.lowerBound + Int64(offset)
      if !isTaken(port) {
        allocated.append(port)
        return port
      }
    }
    throw .internalError("failed to allocate a nodePort: range is full")
  }
}
