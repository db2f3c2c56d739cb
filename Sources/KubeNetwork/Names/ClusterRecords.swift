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
  /// How names beyond the cluster are found, for ExternalName Services.
  var upstream: (NameQuestion) -> NameAnswer

  /// nil when the name is in none of the plugin's zones.
  func answer(_ question: NameQuestion) -> NameAnswer? {
    let name = question.name.lowercased()
    if name.hasSuffix(".in-addr.arpa.") { return reverse(question) }
    guard name == zone || name.hasSuffix("." + zone) else { return nil }
    let labels = name.dropLast(zone.count).split(separator: ".").map(String.init)
    guard let kind = labels.last else { return empty() }
    var answer: NameAnswer
    switch kind {
    case "svc": answer = service(Array(labels.dropLast()), question)
    case "pod": answer = pod(Array(labels.dropLast()), question)
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

  private func service(_ labels: [String], _ question: NameQuestion) -> NameAnswer {
    guard let namespace = labels.last else { return NameAnswer(.noError) }
    guard network.namespaces["", namespace] != nil else { return NameAnswer(.nameError) }
    guard labels.count >= 2 else { return NameAnswer(.noError) }
    let name = labels[labels.count - 2]
    let before = Array(labels.dropLast(2))
    guard let service = network.services[namespace, name] else { return NameAnswer(.nameError) }
    let spec = service["spec"] ?? [:]
    if spec.text("type") == "ExternalName" {
      return before.isEmpty ? external(spec.text("externalName"), question) : .init(.nameError)
    }
    if before.count == 2, before[0].hasPrefix("_"), before[1].hasPrefix("_") {
      return ports(
        service, port: String(before[0].dropFirst()), transport: String(before[1].dropFirst()),
        question)
    }
    guard spec.text("clusterIP") == "None" else {
      guard before.isEmpty else { return NameAnswer(.nameError) }
      return NameAnswer(.noError, clusterRecords(spec, question))
    }
    guard before.count <= 1 else { return NameAnswer(.nameError) }
    let hosts = headless(service)
    let wanted = before.first.map { label in hosts.filter { $0.label == label } } ?? hosts
    if wanted.isEmpty { return NameAnswer(.nameError) }
    if question.type == "SRV" { return ports(service, port: nil, transport: nil, question) }
    let records = wanted.filter { matches(question, $0.address) }.map {
      record(question.name, $0.address)
    }
    return NameAnswer(.noError, unique(records))
  }

  private func clusterRecords(_ spec: Value, _ question: NameQuestion) -> [NameRecord] {
    var addresses = spec.texts("clusterIPs")
    if addresses.isEmpty { addresses = [spec.text("clusterIP")] }
    let found = addresses.filter { matches(question, $0) }.map { record(question.name, $0) }
    if question.type == "SRV" {
      return spec.items("ports").map {
        NameRecord(
          name: question.name, type: "SRV", lifetime: lifetime,
          data: "0 100 \($0.number("port")) \(question.name)")
      }
    }
    return found
  }

  private func matches(_ question: NameQuestion, _ address: String) -> Bool {
    let type = address.contains(":") ? "AAAA" : "A"
    return question.type == type || question.type == "ANY"
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
    guard question.type != "CNAME" else { return NameAnswer(.noError, [alias]) }
    let inner = NameQuestion(target, type: question.type)
    let rest = target.hasSuffix("." + zone) ? answer(inner) ?? upstream(inner) : upstream(inner)
    return NameAnswer(.noError, [alias] + rest.records)
  }

  private struct Host {
    var label: String
    var address: String
    var ports: [(name: String, transport: String, number: Int64)]
  }

  /// The endpoints of a headless Service, each with the name it has there.
  private func headless(_ service: Value) -> [Host] {
    var hosts: [Host] = []
    for slice in network.slicesByService["\(service.namespace)/\(service.name)"] {
      let ports = slice.items("ports").map {
        (
          name: $0.text("name"), transport: $0.text("protocol").lowercased(),
          number: $0.number("port")
        )
      }
      for endpoint in slice.items("endpoints")
      where endpoint[path: "conditions", "ready"]?.bool != false {
        for address in endpoint.texts("addresses") {
          let dashed = String(address.map { $0 == "." || $0 == ":" ? "-" : $0 })
          hosts.append(
            Host(label: endpoint["hostname"]?.string ?? dashed, address: address, ports: ports))
        }
      }
    }
    return hosts.sorted { $0.address < $1.address }
  }

  private func ports(
    _ service: Value, port: String?, transport: String?, _ question: NameQuestion
  ) -> NameAnswer {
    let own = "\(service.name).\(service.namespace).svc.\(zone)"
    func fits(_ name: String, _ kind: String) -> Bool {
      (port == nil || name == port) && (transport == nil || kind.lowercased() == transport)
    }
    var records: [NameRecord] = []
    var more: [NameRecord] = []
    if service[path: "spec", "clusterIP"]?.string == "None" {
      for host in headless(service) {
        for entry in host.ports where fits(entry.name, entry.transport) {
          records.append(
            NameRecord(
              name: question.name, type: "SRV", lifetime: lifetime,
              data: "0 50 \(entry.number) \(host.label).\(own)"))
          more.append(record("\(host.label).\(own)", host.address))
        }
      }
    } else {
      for entry in service["spec"]?.items("ports") ?? []
      where fits(entry.text("name"), entry["protocol"]?.string ?? "TCP") {
        records.append(
          NameRecord(
            name: question.name, type: "SRV", lifetime: lifetime,
            data: "0 100 \(entry.number("port")) \(own)"))
        more.append(record(own, service[path: "spec", "clusterIP"]?.string ?? ""))
      }
    }
    if records.isEmpty { return NameAnswer(.nameError) }
    guard question.type == "SRV" || question.type == "ANY" else { return NameAnswer(.noError) }
    var answer = NameAnswer(.noError, unique(records))
    answer.additional = unique(more)
    return answer
  }

  // MARK: Pods and addresses

  private func pod(_ labels: [String], _ question: NameQuestion) -> NameAnswer {
    guard podMode != "disabled", let namespace = labels.last,
      network.namespaces["", namespace] != nil
    else { return NameAnswer(.nameError) }
    guard labels.count == 2 else { return NameAnswer(labels.count == 1 ? .noError : .nameError) }
    let address = String(labels[0].map { $0 == "-" ? "." : $0 })
    guard IPAddress(address) != nil else { return NameAnswer(.nameError) }
    if podMode == "verified",
      !network.podsByAddress[address].contains(where: { $0.namespace == namespace })
    {
      return NameAnswer(.nameError)
    }
    return NameAnswer(
      .noError, matches(question, address) ? [record(question.name, address)] : [])
  }

  private func reverse(_ question: NameQuestion) -> NameAnswer? {
    let parts = question.name.dropLast(".in-addr.arpa.".count).split(separator: ".")
    let address = parts.reversed().joined(separator: ".")
    guard question.type == "PTR" || question.type == "ANY" else { return nil }
    for service in network.servicesByEntry[address]
    where service["spec"]?.texts("clusterIPs").contains(address) == true
      || service[path: "spec", "clusterIP"]?.string == address
    {
      return pointer(question, "\(service.name).\(service.namespace).svc.\(zone)")
    }
    for pod in network.podsByAddress[address] {
      for slice in network.slicesByService[
        "\(pod.namespace)/\(pod[path: "spec", "subdomain"]?.string ?? "")"]
      {
        for endpoint in slice.items("endpoints") where endpoint.texts("addresses").contains(address)
        {
          guard let host = endpoint["hostname"]?.string,
            let service = slice.label("kubernetes.io/service-name")
          else { continue }
          return pointer(question, "\(host).\(service).\(pod.namespace).svc.\(zone)")
        }
      }
    }
    return nil
  }

  private func pointer(_ question: NameQuestion, _ target: String) -> NameAnswer {
    NameAnswer(
      .noError,
      [NameRecord(name: question.name, type: "PTR", lifetime: lifetime, data: target)])
  }
}
