import Documents

/// Describes ConfigMaps.
struct ConfigMapDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    out.write(0, "\nData\n====\n")
    for (key, value) in object["data"]?.object ?? [:] {
      out.write(0, "\(key):\n----\n")
      out.line(0, value.string ?? "")
      out.line(0, "")
    }
    out.write(0, "\nBinaryData\n====\n")
    for (key, value) in object["binaryData"]?.object ?? [:] {
      out.line(0, "\(key): \(Base64.decode(value.string ?? "")?.count ?? 0) bytes")
    }
    out.line(0, "")
    await context.events(of: object, out)
  }
}

/// Describes Secrets, without telling them.
struct SecretDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    DescribeText.head(object, out)
    out.write(0, "\nType:\t\(object["type"]?.string ?? "")\n")
    out.write(0, "\nData\n====\n")
    let isToken = object["type"]?.string == "kubernetes.io/service-account-token"
    for (key, value) in object["data"]?.object ?? [:] {
      let bytes = Base64.decode(value.string ?? "") ?? []
      if isToken, key == "token" {
        out.field(key, String(decoding: bytes, as: UTF8.self))
      } else {
        out.field(key, "\(bytes.count) bytes")
      }
    }
  }
}

/// Describes ResourceQuotas.
struct ResourceQuotaDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    QuotaText.scopes(object, out, mark: " * ")
    out.line(0, "Resource\tUsed\tHard")
    out.line(0, "--------\t----\t----")
    for (name, hard, used) in QuotaText.amounts(object) {
      out.line(0, "\(name)\t\(used)\t\(hard)")
    }
  }
}

/// Parts of quotas and limits that namespaces show too.
enum QuotaText {
  private static let notes = [
    "Terminating":
      "Matches all pods that have an active deadline. These pods have a limited lifespan "
      + "on a node before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually "
      + "include long running pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a "
      + "best effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods "
      + "have a burstable or guaranteed quality of service.",
  ]

  static func scopes(_ quota: Value, _ out: DescribeWriter, mark: String, indent: String = "") {
    let scopes = (quota[path: "spec", "scopes"]?.array ?? []).compactMap(\.string).sorted()
    guard !scopes.isEmpty else { return }
    out.line(0, "\(indent)Scopes:\t\(scopes.joined(separator: ", "))")
    for scope in scopes {
      if let note = notes[scope] { out.line(0, "\(mark)\(note)") }
    }
  }

  static func amounts(_ quota: Value) -> [(name: String, hard: String, used: String)] {
    (quota[path: "status", "hard"]?.object ?? [:]).map { name, hard in
      let used = quota[path: "status", "used"]?[name]
      return (name, DescribeText.text(hard), used.map(DescribeText.text) ?? "0")
    }
  }

  /// The rows of a LimitRange: type, resource and its bounds.
  static func limits(_ object: Value, _ out: DescribeWriter, indent: String) {
    for limit in object[path: "spec", "limits"]?.array ?? [] {
      let members = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"]
      let names = Set(members.flatMap { limit[$0]?.object?.keys ?? [] }).sorted()
      for name in names {
        let cells = members.map { limit[$0]?[name].map(DescribeText.text) ?? "-" }
        out.line(
          0, "\(indent)\(limit["type"]?.string ?? "")\t\(name)\t\(cells.joined(separator: "\t"))")
      }
    }
  }

  static let limitHeader =
    "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
  static let limitRule =
    "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"
}

/// Describes LimitRanges.
struct LimitRangeDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    out.field("Name", DescribeText.name(object))
    out.field("Namespace", DescribeText.namespace(object))
    out.line(0, QuotaText.limitHeader)
    out.line(0, QuotaText.limitRule)
    QuotaText.limits(object, out, indent: "")
  }
}

/// Describes Namespaces with their quotas and limits.
struct NamespaceDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    let name = DescribeText.name(object)
    DescribeText.head(object, out, namespaced: false)
    out.field("Status", object[path: "status", "phase"]?.string ?? "")
    let conditions = object[path: "status", "conditions"]?.array ?? []
    if !conditions.isEmpty {
      out.write(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n")
      out.line(1, "----\t------\t------------------\t------\t-------")
      for item in conditions {
        out.line(
          1,
          "\(item["type"]?.string ?? "")\t\(item["status"]?.string ?? "")\t"
            + "\(DescribeText.time(item["lastTransitionTime"]))\t\(item["reason"]?.string ?? "")\t"
            + (item["message"]?.string ?? ""))
      }
    }
    quotas(await context.list(.resourceQuotas, namespace: name), out)
    limits(await context.list(.limitRanges, namespace: name), out)
  }

  private func quotas(_ list: [Value], _ out: DescribeWriter) {
    out.line(0, "")
    if list.isEmpty { return out.line(0, "No resource quota.") }
    out.write(0, "Resource Quotas\n")
    for quota in list {
      out.line(0, "  Name:\t\(DescribeText.name(quota))")
      QuotaText.scopes(quota, out, mark: "  * ", indent: "  ")
      out.write(0, "  Resource\tUsed\tHard\n")
      out.write(0, "  --------\t---\t---\n")
      for (name, hard, used) in QuotaText.amounts(quota) {
        out.line(0, "  \(name)\t\(used)\t\(hard)")
      }
    }
  }

  private func limits(_ list: [Value], _ out: DescribeWriter) {
    out.line(0, "")
    if list.isEmpty { return out.line(0, "No LimitRange resource.") }
    out.line(0, "Resource Limits\n \(QuotaText.limitHeader)")
    out.line(0, " \(QuotaText.limitRule)")
    for range in list { QuotaText.limits(range, out, indent: " ") }
  }
}

/// Describes PriorityClasses.
struct PriorityClassDescriber: Describer {
  func describe(_ object: Value, _ out: DescribeWriter, _ context: DescribeContext) async throws {
    out.field("Name", DescribeText.name(object))
    out.field("Value", DescribeText.text(object["value"]))
    out.field("GlobalDefault", "\(object["globalDefault"]?.bool ?? false)")
    out.field("PreemptionPolicy", object["preemptionPolicy"]?.string ?? "")
    out.field("Description", object["description"]?.string ?? "")
    out.field("Annotations", DescribeText.labels(object[path: "metadata", "annotations"]))
    await context.events(of: object, out)
  }
}
