import Documents
import KubeObjects

/// The checks of a Service, in upstream's order.
enum ServiceValidation {
  private static let path = FieldPath("spec")
  private static let portStructure = GoStructure(
    "Name=s Protocol=s AppProtocol Port=0 TargetPort=0 NodePort=0")

  static func validate(_ service: Value) -> [FieldError] {
    let spec = service["spec"] ?? [:]
    let type = spec.text("type")
    let isHeadless = spec.texts("clusterIPs").first == "None" || spec.text("clusterIP") == "None"
    var errors = topology(service)
    if type != "ExternalName", spec.items("ports").isEmpty, !isHeadless {
      errors.append(.required(path.child("ports")))
    }
    switch type {
    case "NodePort", "LoadBalancer":
      if isHeadless {
        errors.append(
          .invalid(
            path.child("clusterIPs").index(0), "None",
            "may not be set to 'None' for \(type) services"))
      }
    case "ExternalName": errors += externalName(spec)
    default: break
    }
    errors += ports(spec)
    errors += Checks.labels(spec["selector"], path.child("selector"))
    errors += Checks.oneOf(spec, "sessionAffinity", ["ClientIP", "None"], path)
    errors += affinity(spec)
    errors += addresses(spec)
    for (index, address) in spec.texts("externalIPs").enumerated() {
      errors += EndpointsStrategy.validate(
        address: address, path.child("externalIPs").index(index))
    }
    errors += Checks.oneOf(
      spec, "type", ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], path)
    if type == "ClusterIP" {
      for (index, port) in spec.items("ports").enumerated() where port.number("nodePort") != 0 {
        errors.append(
          .forbidden(
            path.child("ports").index(index).child("nodePort"),
            "may not be used when `type` is 'ClusterIP'"))
      }
    }
    errors += repeated(spec.items("ports"), spec)
    errors += loadBalancer(service, spec, type)
    errors += policies(spec, type)
    return errors
  }

  private static func topology(_ service: Value) -> [FieldError] {
    let (old, new) = (
      "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
    )
    guard let hints = service.annotation(old), let mode = service.annotation(new), hints != mode
    else { return [] }
    return [
      .invalid(
        FieldPath("metadata", "annotations").key(new), .string(mode),
        "must match annotations[\(old)] when both are specified")
    ]
  }

  private static func externalName(_ spec: Value) -> [FieldError] {
    let name = spec.text("externalName")
    var errors: [FieldError] = []
    if !spec.texts("clusterIPs").isEmpty || !spec.text("clusterIP").isEmpty {
      errors.append(
        .forbidden(path.child("clusterIPs"), "may not be set for ExternalName services"))
    }
    for field in ["ipFamilies", "ipFamilyPolicy"]
    where !spec.items(field).isEmpty || !spec.text(field).isEmpty {
      errors.append(
        .forbidden(path.child(field), "may not be set for ExternalName services"))
    }
    let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
    let place = path.child("externalName")
    return errors
      + (trimmed.isEmpty ? [.required(place)] : Checks.name(.dns1123Subdomain, trimmed, place))
  }

  private static func ports(_ spec: Value) -> [FieldError] {
    let ports = spec.items("ports")
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let here = path.child("ports").index(index)
      let name = port.text("name")
      if name.isEmpty {
        if ports.count > 1 { errors.append(.required(here.child("name"))) }
      } else {
        errors += Checks.name(.dns1123Label, name, here.child("name"))
        if !names.insert(name).inserted {
          errors.append(.duplicate(here.child("name"), .string(name)))
        }
      }
      errors += Checks.port(port.number("port"), here.child("port"))
      errors += Checks.oneOf(port, "protocol", ["SCTP", "TCP", "UDP"], here)
      errors += Checks.portOrName(port["targetPort"], here.child("targetPort"))
      if let application = port["appProtocol"]?.string {
        errors += Checks.name(.qualifiedName, application, here.child("appProtocol"))
      }
    }
    return errors
  }

  private static func repeated(_ ports: [Value], _ spec: Value) -> [FieldError] {
    var errors: [FieldError] = []
    var nodePorts: Set<String> = []
    for (index, port) in ports.enumerated() where port.number("nodePort") != 0 {
      let key = "\(port.text("protocol"))/\(port.number("nodePort"))"
      if !nodePorts.insert(key).inserted {
        errors.append(
          .duplicate(
            path.child("ports").index(index).child("nodePort"),
            .int(port.number("nodePort"))))
      }
    }
    var seen: Set<String> = []
    for (index, port) in ports.enumerated() {
      let key = "\(port.text("protocol"))/\(port.number("port"))"
      if !seen.insert(key).inserted {
        let shown: Value = ["protocol": port["protocol"] ?? "", "port": port["port"] ?? 0]
        errors.append(
          .duplicate(path.child("ports").index(index), printed: portStructure.printed(shown)))
      }
    }
    return errors
  }

  private static func affinity(_ spec: Value) -> [FieldError] {
    let place = path.child("sessionAffinityConfig")
    guard let config = spec["sessionAffinityConfig"], !config.isNull else { return [] }
    switch spec.text("sessionAffinity") {
    case "ClientIP": break
    case "None": return [.forbidden(place, "must not be set when session affinity is None")]
    default: return []
    }
    let seconds = config["clientIP"]?.number("timeoutSeconds") ?? 0
    guard !(1...86_400).contains(seconds) else { return [] }
    return [
      .invalid(
        place.child("clientIP", "timeoutSeconds"), .int(seconds),
        "must be greater than 0 and less than 86400")
    ]
  }

  /// What can be said of addresses and families without knowing the cluster's
  /// (ValidateServiceClusterIPsRelatedFields).
  static func addresses(_ spec: Value) -> [FieldError] {
    guard ServiceAddresses.needsAddress(spec) else { return [] }
    let list = spec.texts("clusterIPs")
    let place = path.child("clusterIPs")
    var errors: [FieldError] = []
    let address = spec.text("clusterIP")
    if let first = list.first, !address.isEmpty, first != address {
      errors.append(
        .invalid(
          place, spec["clusterIPs"] ?? .null, "first value must match `clusterIP`"))
    }
    if address.isEmpty, !list.isEmpty {
      errors.append(
        .invalid(
          place, spec["clusterIPs"] ?? .null, "must be empty when `clusterIP` is not specified"))
    }
    for (index, family) in spec.texts("ipFamilies").enumerated() {
      let here = path.child("ipFamilies").index(index)
      if family != "IPv4", family != "IPv6" {
        errors.append(.notSupported(here, .string(family), ["IPv4", "IPv6"]))
      }
      if spec.texts("ipFamilies")[..<index].contains(family) {
        errors.append(.duplicate(here, .string(family)))
      }
    }
    if !spec.text("ipFamilyPolicy").isEmpty {
      errors += Checks.oneOf(
        spec, "ipFamilyPolicy", ["PreferDualStack", "RequireDualStack", "SingleStack"], path)
    }
    return errors + clusterIPs(spec, list, place)
  }

  private static func clusterIPs(
    _ spec: Value, _ list: [String], _ place: FieldPath
  ) -> [FieldError] {
    let all = spec["clusterIPs"] ?? .null
    var errors: [FieldError] = []
    let isHeadless = list.first == "None"
    if isHeadless, list.count > 1 {
      errors.append(.invalid(place, all, "'None' must be the first and only value"))
    }
    for (index, item) in list.enumerated() where !(isHeadless && index == 0) {
      errors += Checks.ipAddress(item, place.index(index))
    }
    let isSound = errors.isEmpty
    if list.count > 2 {
      errors.append(.invalid(place, all, "may only hold up to 2 values"))
    }
    guard isSound, !isHeadless else { return errors }
    let addresses = list.compactMap { IPAddress($0) }
    if list.count > 1, Set(addresses.map(\.isVersion6)).count < 2 {
      errors.append(
        .invalid(place, all, "may specify no more than one IP for each IP family"))
    }
    for (index, family) in spec.texts("ipFamilies").enumerated()
    where index < addresses.count && ["IPv4", "IPv6"].contains(family) {
      if addresses[index].isVersion6 != (family == "IPv6") {
        errors.append(
          .invalid(
            place.index(index), .string(list[index]),
            "expected an \(family) value as indicated by `ipFamilies[\(index)]`"))
      }
    }
    return errors
  }

  private static func loadBalancer(
    _ service: Value, _ spec: Value, _ type: String
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let ranges = spec.texts("loadBalancerSourceRanges")
    let place = path.child("LoadBalancerSourceRanges")
    if !ranges.isEmpty {
      if type != "LoadBalancer" {
        errors.append(.forbidden(place, "may only be used when `type` is 'LoadBalancer'"))
      }
      for (index, range) in ranges.map(\.trimmingBlanks).enumerated() {
        errors += Checks.prefix(range, place.index(index))
      }
    } else if let text = service.annotation(sourceRanges) {
      // Where the field was before it was one.
      let place = FieldPath("metadata", "annotations").key(sourceRanges)
      if type != "LoadBalancer" {
        errors.append(.forbidden(place, "may only be used when `type` is 'LoadBalancer'"))
      }
      if !text.trimmingBlanks.isEmpty {
        errors += text.split(separator: ",", omittingEmptySubsequences: false).flatMap {
          Checks.prefix(String($0).trimmingBlanks, place)
        }
      }
    }
    if type != "LoadBalancer", spec.has("allocateLoadBalancerNodePorts") {
      errors.append(
        .forbidden(
          path.child("allocateLoadBalancerNodePorts"),
          "may only be used when `type` is 'LoadBalancer'"))
    }
    return errors + loadBalancerClass(spec, type)
  }

  private static let sourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges"

  private static func loadBalancerClass(_ spec: Value, _ type: String) -> [FieldError] {
    guard let name = spec["loadBalancerClass"]?.string else { return [] }
    let place = path.child("loadBalancerClass")
    return type == "LoadBalancer"
      ? Checks.name(.qualifiedName, name, place)
      : [.forbidden(place, "may only be used when `type` is 'LoadBalancer'")]
  }

  private static func policies(_ spec: Value, _ type: String) -> [FieldError] {
    var errors: [FieldError] = []
    let external = spec.text("externalTrafficPolicy")
    let place = path.child("externalTrafficPolicy")
    if ServiceAddresses.isExternal(spec) {
      if external.isEmpty {
        errors.append(.required(place))
      } else {
        errors += Checks.oneOf(spec, "externalTrafficPolicy", ["Cluster", "Local"], path)
      }
    } else if !external.isEmpty {
      errors.append(
        .invalid(
          place, .string(external), "may only be set for externally-accessible services"))
    }
    let health = spec.number("healthCheckNodePort")
    if health != 0, !ServiceAddresses.needsHealthCheck(spec) {
      errors.append(
        .invalid(
          path.child("healthCheckNodePort"), .int(health),
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
    }
    if spec.has("internalTrafficPolicy") {
      errors += Checks.oneOf(spec, "internalTrafficPolicy", ["Cluster", "Local"], path)
    }
    if spec.has("trafficDistribution") {
      errors += Checks.oneOf(
        spec, "trafficDistribution", ["PreferClose", "PreferSameZone", "PreferSameNode"], path)
    }
    return errors
  }

  /// An address that was given stays as long as the Service has one.
  static func validateAddressChange(_ service: Value, old: Value) -> [FieldError] {
    let (spec, before) = (service["spec"] ?? [:], old["spec"] ?? [:])
    var errors: [FieldError] = []
    let names = (spec["loadBalancerClass"], before["loadBalancerClass"])
    if spec.text("type") == "LoadBalancer", before.text("type") == "LoadBalancer",
      names.0 != names.1
    {
      errors.append(
        .invalid(
          path.child("loadBalancerClass"), names.0 ?? .null, "may not change once set"))
    }
    errors += loadBalancerClass(spec, spec.text("type"))
    if ServiceAddresses.needsHealthCheck(spec), ServiceAddresses.needsHealthCheck(before),
      spec.number("healthCheckNodePort") != before.number("healthCheckNodePort")
    {
      errors.append(.forbidden(path.child("healthCheckNodePort"), Checks.immutable))
    }
    guard ServiceAddresses.needsAddress(spec), ServiceAddresses.needsAddress(before),
      let first = before.texts("clusterIPs").first, first != spec.texts("clusterIPs").first
    else { return errors }
    let detail =
      spec.texts("clusterIPs").isEmpty
      ? "primary clusterIP can not be unset" : "may not change once set"
    return [
      .invalid(path.child("clusterIPs").index(0), spec["clusterIPs"] ?? .null, detail)
    ] + errors
  }

  static func validate(statusOf service: Value, old: Value) -> [FieldError] {
    let points = service["status"]?["loadBalancer"]?.items("ingress") ?? []
    if service["spec"]?.text("type") != "LoadBalancer", !points.isEmpty {
      return [.forbidden(entrances, "may only be used when `spec.type` is 'LoadBalancer'")]
    }
    return validate(entrancesOf: service, old: old)
  }

  private static let entrances = FieldPath("status", "loadBalancer", "ingress")

  /// Where a load balancer lets clients in, to a Service or an Ingress.
  static func validate(entrancesOf object: Value, old: Value) -> [FieldError] {
    let known = Set(
      (old["status"]?["loadBalancer"]?.items("ingress") ?? []).map { $0.text("ip") })
    return (object["status"]?["loadBalancer"]?.items("ingress") ?? []).enumerated().flatMap {
      validate(point: $1, known, entrances.index($0))
    }
  }

  private static func validate(
    point: Value, _ known: Set<String>, _ here: FieldPath
  ) -> [FieldError] {
    var errors: [FieldError] = []
    let (address, hostname) = (point.text("ip"), point.text("hostname"))
    if !address.isEmpty, !known.contains(address) {
      errors += Checks.ipAddress(address, here.child("ip"))
    }
    if point.has("ipMode") {
      if address.isEmpty {
        errors.append(
          .forbidden(here.child("ipMode"), "may not be specified when `ip` is not set"))
      } else {
        errors += Checks.oneOf(point, "ipMode", ["Proxy", "VIP"], here)
      }
    }
    guard !hostname.isEmpty else { return errors }
    errors += Checks.name(.dns1123Subdomain, hostname, here.child("hostname"))
    if IPAddress(hostname) != nil {
      errors.append(
        .invalid(
          here.child("hostname"), .string(hostname),
          "must be a DNS name, not an IP address"))
    }
    return errors
  }
}
