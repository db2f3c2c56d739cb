import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// The names of a cluster's Services and Pods, as CoreDNS's kubernetes plugin has them.
struct ClusterRecords {
  let network: ClusterNetwork
  /// With a final dot.
  let zone: String
  var lifetime = 5
  /// disabled, insecure or verified.
  var podMode = "disabled"
  /// Endpoints without a host name are called by their Pods instead of their addresses.
  var namesPods = false
  /// Only these namespaces are answered for; empty: all.
  var exposed: Set<String> = []
  /// Services without ready endpoints are no names.
  var ignoresEmpty = false
  /// How names beyond the cluster are found, for ExternalName Services.
  var upstream: (NameQuestion) -> NameAnswer

  /// nil when the name is in none of the plugin's zones.
  func answer(_ question: NameQuestion) -> NameAnswer? {
    let name = question.name.lowercased()
    if name.hasSuffix(".in-addr.arpa.") { return reverse(question) }
    guard name == zone || name.hasSuffix("." + zone) else { return nil }
    let labels = name.dropLast(zone.count).split(separator: ".").map(String.init)
    guard let kind = labels.last else { return apex(question) }
    var answer: NameAnswer
    switch kind {
    case "svc": answer = service(Array(labels.dropLast()), question)
    case "pod": answer = pod(Array(labels.dropLast()), question)
    case "dns" where labels == ["ns", "dns"]:
      answer = NameAnswer(
        .noError, question.type == "A" ? [record(question.name, serverAddress)] : [])
    case "dns-version" where labels.count == 1:
      answer = NameAnswer(
        .noError,
        question.type == "TXT"
          ? [NameRecord(name: question.name, type: "TXT", lifetime: lifetime, data: "\"1.1.0\"")]
          : [])
    default: answer = NameAnswer(.nameError)
    }
    if answer.records.isEmpty { answer.authority = [authority] }
    return answer
  }

  /// The zone itself: who answers for it.
  private func apex(_ question: NameQuestion) -> NameAnswer {
    let server = "ns.dns.\(zone)"
    switch question.type {
    case "SOA": return NameAnswer(.noError, [authority])
    case "NS":
      var answer = NameAnswer(
        .noError,
        [NameRecord(name: zone, type: "NS", lifetime: lifetime, data: server)])
      answer.additional = [record(server, serverAddress)]
      return answer
    default: return empty()
    }
  }

  /// The Service through which CoreDNS itself is asked.
  private var serverAddress: String {
    network.services["kube-system", "kube-dns"]?[path: "spec", "clusterIP"]?.string ?? "10.96.0.10"
  }

  private func empty() -> NameAnswer {
    var answer = NameAnswer(.noError)
    answer.authority = [authority]
    return answer
  }

  private var authority: NameRecord {
    NameRecord(
      name: zone, type: "SOA", lifetime: lifetime,
      data:
        "ns.dns.\(zone) hostmaster.\(zone) \(network.timeline.now.seconds) 7200 1800 86400 \(lifetime)"
    )
  }

  // MARK: Services

  /// One address that a Service's name leads to, by one of its ports.
  private struct Target {
    /// The name to which the address belongs.
    var name: String
    var address: String
    var port: Int64
  }

  private func isExposed(_ namespace: String) -> Bool {
    network.namespaces["", namespace] != nil
      && (exposed.isEmpty || exposed.contains(namespace))
  }

  private func service(_ labels: [String], _ question: NameQuestion) -> NameAnswer {
    guard let namespace = labels.last else { return NameAnswer(.noError) }
    guard isExposed(namespace) else { return NameAnswer(.nameError) }
    guard labels.count >= 2 else { return NameAnswer(.noError) }
    let name = labels[labels.count - 2]
    let before = Array(labels.dropLast(2))
    guard let service = network.services[namespace, name], before.count <= 2 else {
      return NameAnswer(.nameError)
    }
    let spec = service["spec"] ?? [:]
    if spec.text("type") == "ExternalName" {
      return before.count == 1
        ? .init(.nameError) : external(spec.text("externalName"), question)
    }
    // One label more is an endpoint, two are a port and its protocol.
    let endpoint = before.count == 1 ? before[0] : nil
    let port = before.count == 2 ? Self.plain(before[0]) : nil
    let transport = before.count == 2 ? Self.plain(before[1]) : nil
    let isHeadless = spec.text("clusterIP") == "None"
    if ignoresEmpty, !isHeadless, endpoints(service).isEmpty { return NameAnswer(.nameError) }
    let targets =
      isHeadless || endpoint != nil
      ? endpoints(service).filter { endpoint == nil || $0.label == endpoint }.flatMap { host in
        host.ports.filter { fits($0, port, transport) }.map {
          Target(
            name: "\(host.label).\(name).\(namespace).svc.\(zone)", address: host.address,
            port: $0.number)
        }
      } : clusterTargets(service, port, transport)
    if targets.isEmpty { return NameAnswer(.nameError) }
    guard question.type == "SRV" else {
      let addresses = targets.map(\.address).filter {
        question.type == ($0.contains(":") ? "AAAA" : "A")
      }
      return NameAnswer(.noError, unique(addresses.map { record(question.name, $0) }))
    }
    let reached = targets.filter { $0.port >= 0 }
    // The weight is shared by all that answer.
    let weight = max(1, 100 / max(1, reached.count))
    var answer = NameAnswer(
      .noError,
      unique(
        reached.map {
          NameRecord(
            name: question.name, type: "SRV", lifetime: lifetime,
            data: "0 \(weight) \($0.port) \($0.name)")
        }))
    answer.additional = unique(reached.map { record($0.name, $0.address) })
    return answer
  }

  private static func plain(_ label: String) -> String {
    label.hasPrefix("_") ? String(label.dropFirst()) : label
  }

  private func clusterTargets(
    _ service: Value, _ port: String?, _ transport: String?
  ) -> [Target] {
    let spec = service["spec"] ?? [:]
    var addresses = spec.texts("clusterIPs")
    if addresses.isEmpty { addresses = [spec.text("clusterIP")] }
    return spec.items("ports").map(Port.init).filter { fits($0, port, transport) }.flatMap { port in
      addresses.map {
        Target(
          name: "\(service.name).\(service.namespace).svc.\(zone)", address: $0,
          port: port.number)
      }
    }
  }

  private struct Port {
    var name: String
    var transport: String
    var number: Int64

    // CoreDNS gives endpoints without ports one that is no port: they have names all the same.
    static let none = Port(["port": -1])

    init(_ port: Value) {
      name = port.text("name")
      transport = (port["protocol"]?.string ?? "TCP").lowercased()
      number = port.number("port")
    }
  }

  private func fits(_ port: Port, _ name: String?, _ transport: String?) -> Bool {
    (name == nil || port.name == name) && (transport == nil || port.transport == transport)
  }

  private func record(_ name: String, _ address: String) -> NameRecord {
    NameRecord(
      name: name, type: address.contains(":") ? "AAAA" : "A", lifetime: lifetime, data: address)
  }

  private func unique(_ records: [NameRecord]) -> [NameRecord] {
    var seen: Set<NameRecord> = []
    return records.filter { seen.insert($0).inserted }
  }

  private func external(_ target: String, _ question: NameQuestion) -> NameAnswer {
    let target = target.hasSuffix(".") ? target : target + "."
    let alias = NameRecord(
      name: question.name, type: "CNAME", lifetime: lifetime, data: target)
    guard question.type == "A" || question.type == "AAAA" else {
      return NameAnswer(.noError, question.type == "CNAME" ? [alias] : [])
    }
    let inner = NameQuestion(target, type: question.type)
    let rest = target.hasSuffix("." + zone) ? answer(inner) ?? upstream(inner) : upstream(inner)
    return NameAnswer(.noError, [alias] + rest.records)
  }

  private struct Host {
    var label: String
    var address: String
    var ports: [Port]
  }

  /// The ready endpoints of a Service, each with the name that it has there.
  private func endpoints(_ service: Value) -> [Host] {
    let slices = network.slicesByService["\(service.namespace)/\(service.name)"]
    return slices.flatMap(hosts).sorted { $0.address < $1.address }
  }

  private func hosts(_ slice: Value) -> [Host] {
    let declared = slice.items("ports").map(Port.init)
    let ports = declared.isEmpty ? [Port.none] : declared
    return slice.items("endpoints").filter {
      $0[path: "conditions", "ready"]?.bool != false
    }.flatMap { endpoint in
      endpoint.texts("addresses").map {
        Host(label: label(of: endpoint, $0), address: $0, ports: ports)
      }
    }
  }

  private func label(of endpoint: Value, _ address: String) -> String {
    if let name = endpoint["hostname"]?.string, !name.isEmpty { return name }
    if namesPods, let name = endpoint[path: "targetRef", "name"]?.string, name.count < 64 {
      return name
    }
    return String(address.map { $0 == "." || $0 == ":" ? "-" : $0 })
  }

  // MARK: Pods and addresses

  private func pod(_ labels: [String], _ question: NameQuestion) -> NameAnswer {
    guard podMode != "disabled", let namespace = labels.last, isExposed(namespace) else {
      return NameAnswer(.nameError)
    }
    guard labels.count >= 2 else { return NameAnswer(.noError) }
    let label = labels[labels.count - 2]
    let isVersion4 = label.filter { $0 == "-" }.count == 3 && !label.contains("--")
    let address = String(label.map { $0 == "-" ? (isVersion4 ? "." : ":") : $0 })
    guard IPAddress(address) != nil else { return NameAnswer(.nameError) }
    if podMode == "verified",
      !network.podsByAddress[address].contains(where: { $0.namespace == namespace })
    {
      return NameAnswer(.nameError)
    }
    let isAsked = question.type == (isVersion4 ? "A" : "AAAA")
    return NameAnswer(.noError, isAsked ? [record(question.name, address)] : [])
  }

  /// The name of a Service's address; else the names of an endpoint's at each Service.
  private func reverse(_ question: NameQuestion) -> NameAnswer? {
    let parts = question.name.dropLast(".in-addr.arpa.".count).split(separator: ".")
    let address = parts.reversed().joined(separator: ".")
    guard parts.count == 4, IPAddress(address) != nil else { return nil }
    var names: [String] = []
    for service in network.servicesByEntry[address]
    where isExposed(service.namespace)
      && (service["spec"]?.texts("clusterIPs").contains(address) == true
        || service[path: "spec", "clusterIP"]?.string == address)
    {
      names.append("\(service.name).\(service.namespace).svc.\(zone)")
    }
    if names.isEmpty {
      for (_, slice) in network.slices.objects.sorted(by: { $0.key < $1.key })
      where isExposed(slice.namespace) {
        guard let service = slice.label("kubernetes.io/service-name") else { continue }
        names += hosts(slice).filter { $0.address == address }.map {
          "\($0.label).\(service).\(slice.namespace).svc.\(zone)"
        }
      }
    }
    guard !names.isEmpty else { return nil }
    guard question.type == "PTR" else { return NameAnswer(.noError) }
    return NameAnswer(.noError, names.map { pointer(question, $0) })
  }

  private func pointer(_ question: NameQuestion, _ target: String) -> NameRecord {
    NameRecord(name: question.name, type: "PTR", lifetime: lifetime, data: target)
  }
}
