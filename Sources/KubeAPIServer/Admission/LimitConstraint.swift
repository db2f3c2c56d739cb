import Documents
import KubeObjects

/// The arithmetic of LimitRanges, with upstream's words.
enum LimitConstraint {
  static func problems(claim: Value, _ limits: [Value]) -> [String] {
    let requests = PodResources.amounts(claim["spec"]?["resources"]?["requests"])
    var found: [String] = []
    for limit in limits where limit.text("type") == "PersistentVolumeClaim" {
      for (name, bound) in sorted(limit["min"]) {
        found += minimum(name, limit.text("type"), bound, requests[name], nil)
      }
      for (name, bound) in sorted(limit["max"]) {
        let text = "maximum \(name) usage per \(limit.text("type")) is \(bound)"
        if let request = requests[name] {
          if request > bound { found.append("\(text), but request is \(request)") }
        } else {
          found.append("\(text).  No request is specified")
        }
      }
    }
    return found
  }

  static func problems(pod spec: Value, _ limits: [Value]) -> [String] {
    var found: [String] = []
    for limit in limits {
      switch limit.text("type") {
      case "Container":
        for list in ["containers", "initContainers"] {
          for container in spec.items(list) {
            found += problems(
              limit, PodResources.amounts(container["resources"]?["requests"]),
              PodResources.amounts(container["resources"]?["limits"]))
          }
        }
      case "Pod":
        found += problems(limit, PodResources.requests(spec), PodResources.limits(spec))
      default: break
      }
    }
    return found
  }

  private static func problems(
    _ limit: Value, _ requests: PodResources.Amounts, _ limits: PodResources.Amounts
  ) -> [String] {
    let type = limit.text("type")
    var found: [String] = []
    for (name, bound) in sorted(limit["min"]) {
      found += minimum(name, type, bound, requests[name], limits[name])
    }
    for (name, bound) in sorted(limit["max"]) {
      let text = "maximum \(name) usage per \(type) is \(bound)"
      if let own = limits[name] {
        if own > bound {
          found.append("\(text), but limit is \(own)")
        } else if let request = requests[name], request > bound {
          found.append("\(text), but request is \(request)")
        }
      } else {
        found.append("\(text).  No limit is specified")
      }
    }
    for (name, bound) in sorted(limit["maxLimitRequestRatio"]) {
      found += ratio(name, type, bound, requests[name], limits[name])
    }
    return found
  }

  private static func minimum(
    _ name: String, _ type: String, _ bound: Quantity, _ request: Quantity?, _ limit: Quantity?
  ) -> [String] {
    let text = "minimum \(name) usage per \(type) is \(bound)"
    guard let request else { return ["\(text).  No request is specified"] }
    if request < bound { return ["\(text), but request is \(request)"] }
    if let limit, limit < bound { return ["\(text), but limit is \(limit)"] }
    return []
  }

  private static func ratio(
    _ name: String, _ type: String, _ bound: Quantity, _ request: Quantity?, _ limit: Quantity?
  ) -> [String] {
    let text = "\(name) max limit to request ratio per \(type) is \(bound)"
    guard let request, !request.isZero else {
      return ["\(text), but no request is specified or request is 0"]
    }
    guard let limit, !limit.isZero else {
      return ["\(text), but no limit is specified or limit is 0"]
    }
    let given = Double(limit.nanos) / Double(request.nanos)
    guard given > bound.approximate else { return [] }
    return ["\(text), but provided ratio is \(sixDecimals(given))"]
  }

  // Go's %f.
  static func sixDecimals(_ number: Double) -> String {
    let millionths = (number * 1_000_000).rounded()
    guard millionths < 9e18 else { return number.goPrinted }
    let (whole, rest) = Int64(millionths).quotientAndRemainder(dividingBy: 1_000_000)
    return "\(whole)." + String(String(rest + 1_000_000).dropFirst())
  }

  private static func sorted(_ list: Value?) -> [(String, Quantity)] {
    PodResources.amounts(list).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
