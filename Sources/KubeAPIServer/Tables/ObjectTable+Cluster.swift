import Documents
import KubeObjects
import Simulation

extension ObjectTable {
  package static let namespaces = ObjectTable("namespaces") { object, now in
    [
      Cell.name(object), .string(object["status"]?.text("phase") ?? ""),
      Cell.age(object, now),
    ]
  }

  package static let nodes = ObjectTable("nodes") { node, now in
    let info = node["status"]?["nodeInfo"] ?? [:]
    func address(_ type: String) -> Value {
      let found = node["status"]?.items("addresses").first { $0.text("type") == type }
      return Cell.orNone(found?.text("address") ?? "")
    }
    func orUnknown(_ field: String) -> Value {
      info.text(field).isEmpty ? "<unknown>" : .string(info.text(field))
    }
    var kernel = info.text("kernelVersion")
    if kernel.isEmpty {
      kernel = "<unknown>"
    } else if !info.text("architecture").isEmpty {
      kernel += " (\(info.text("architecture")))"
    }
    return [
      Cell.name(node), .string(nodeState(node)), Cell.orNone(roles(node)), Cell.age(node, now),
      .string(info.text("kubeletVersion")), address("InternalIP"), address("ExternalIP"),
      orUnknown("osImage"), .string(kernel), orUnknown("containerRuntimeVersion"),
    ]
  }

  private static func nodeState(_ node: Value) -> String {
    var state = "Unknown"
    if let ready = node.condition("Ready") {
      state = ready.text("status") == "True" ? "Ready" : "NotReady"
    }
    return node["spec"]?.flag("unschedulable") == true ? state + ",SchedulingDisabled" : state
  }

  private static func roles(_ node: Value) -> String {
    var found: Set<String> = []
    for (key, value) in node.labels?.object ?? [:] {
      let prefix = "node-role.kubernetes.io/"
      if key.hasPrefix(prefix) {
        found.insert(String(key.dropFirst(prefix.count)))
      } else if key == "kubernetes.io/role", let role = value.string, !role.isEmpty {
        found.insert(role)
      }
    }
    return found.sorted().joined(separator: ",")
  }

  package static let events = ObjectTable("events") { event, now in
    let first = Cell.present(event["firstTimestamp"]) ?? event["eventTime"]
    let series = event["series"]
    var last = Cell.present(event["lastTimestamp"])
    var count = event.number("count")
    if let series, !series.isNull {
      last = series["lastObservedTime"]
      count = series.number("count")
    } else if count == 0 {
      count = 1
    }
    let object = event["involvedObject"] ?? [:]
    let source = event["source"] ?? [:]
    let reporter =
      source.text("component").isEmpty ? event.text("reportingComponent") : source.text("component")
    let host = source.text("host").isEmpty ? event.text("reportingInstance") : source.text("host")
    return [
      .string(Cell.since(last ?? first, now)), .string(event.text("type")),
      .string(event.text("reason")),
      .string(
        object.text("kind").lowercased()
          + (object.text("name").isEmpty ? "" : "/" + object.text("name"))),
      .string(object.text("fieldPath")),
      .string(host.isEmpty ? reporter : "\(reporter), \(host)"),
      .string(event.text("message").trimmedBlanks), .string(Cell.since(first, now)),
      .int(count), Cell.name(event),
    ]
  }

  package static let serviceAccounts = ObjectTable("serviceaccounts", nameAndAge)
  package static let resourceClaimTemplates = ObjectTable("resourceclaimtemplates", nameAndAge)
  package static let deviceClasses = ObjectTable("deviceclasses", nameAndAge)

  private static let nameAndAge: @Sendable (Value, Moment) -> [Value] = { object, now in
    [Cell.name(object), Cell.age(object, now)]
  }

  package static let configMaps = ObjectTable("configmaps") { object, now in
    let count = object.members("data").count + object.members("binaryData").count
    return [Cell.name(object), .int(Int64(count)), Cell.age(object, now)]
  }

  package static let secrets = ObjectTable("secrets") { object, now in
    [
      Cell.name(object), .string(object.text("type")),
      .int(Int64(object.members("data").count)), Cell.age(object, now),
    ]
  }

  package static let resourceQuotas = ObjectTable("resourcequotas") { object, now in
    let (hard, used) = (
      object["status"]?.members("hard") ?? [:], object["status"]?["used"] ?? [:]
    )
    var (requests, limits): ([String], [String]) = ([], [])
    for (name, amount) in hard {
      let text = "\(name): \(used[name]?.string ?? "0")/\(amount.string ?? "")"
      if name.hasPrefix("limits.") { limits.append(text) } else { requests.append(text) }
    }
    return [
      Cell.name(object), .string(requests.joined(separator: ", ")),
      .string(limits.joined(separator: ", ")), Cell.age(object, now),
    ]
  }

  package static let leases = ObjectTable("leases") { object, now in
    [
      Cell.name(object), .string(object["spec"]?.text("holderIdentity") ?? ""),
      Cell.age(object, now),
    ]
  }

  package static let componentStatuses = ObjectTable("componentstatuses") { object, _ in
    let healthy = object.items("conditions").first { $0.text("type") == "Healthy" } ?? [:]
    let states = ["True": "Healthy", "False": "Unhealthy"]
    return [
      Cell.name(object), .string(states[healthy.text("status")] ?? "Unknown"),
      .string(healthy.text("message")), .string(healthy.text("error")),
    ]
  }

  package static let priorityClasses = ObjectTable("priorityclasses") { object, now in
    [
      Cell.name(object), .int(object.number("value")), .bool(object.flag("globalDefault")),
      Cell.age(object, now), .string(object.text("preemptionPolicy")),
    ]
  }

  package static let runtimeClasses = ObjectTable("runtimeclasses") { object, now in
    [Cell.name(object), .string(object.text("handler")), Cell.age(object, now)]
  }

  package static let apiServices = ObjectTable("apiservices") { object, now in
    let service = object["spec"]?["service"].flatMap { $0.isNull ? nil : $0 }
    var available = "Unknown"
    if let condition = object.condition("Available") {
      available = condition.text("status")
      if available != "True" { available = "\(available) (\(condition.text("reason")))" }
    }
    return [
      Cell.name(object),
      .string(service.map { "\($0.text("namespace"))/\($0.text("name"))" } ?? "Local"),
      .string(available), Cell.age(object, now),
    ]
  }
}

extension String {
  fileprivate var trimmedBlanks: String {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    let start = drop(while: blank)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
