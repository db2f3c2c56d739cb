import Documents
import KubeObjects

/// The values of a Pod's own fields, as env and volumes may ask for them.
struct DownwardAPI {
  let pod: Value
  /// What the node has for Pods, by resource: a limit that is not set is all of it
  /// (resource.MergeContainerResourceLimits).
  var allocatable: [String: String] = [:]
  var address = ""
  var hostAddress = ""

  /// nil for a path that is not supported (fieldpath.ExtractFieldPathAsString).
  func field(_ path: String) -> String? {
    if path.hasSuffix("']"), let open = path.range(ofText: "['") {
      let key = String(path[open.upperBound...].dropLast(2))
      switch path[..<open.lowerBound] {
      case "metadata.labels": return pod.label(key) ?? ""
      case "metadata.annotations": return pod.annotation(key) ?? ""
      default: return nil
      }
    }
    switch path {
    case "metadata.name": return pod.name
    case "metadata.namespace": return pod.namespace
    case "metadata.uid": return pod.uid
    case "metadata.labels": return Self.lines(pod.labels)
    case "metadata.annotations": return Self.lines(pod.annotations)
    case "spec.nodeName": return pod[path: "spec", "nodeName"]?.string ?? ""
    case "spec.serviceAccountName": return pod[path: "spec", "serviceAccountName"]?.string ?? ""
    case "status.hostIP", "status.hostIPs": return hostAddress
    case "status.podIP", "status.podIPs": return address
    default: return nil
    }
  }

  /// `resourceFieldRef`: requests and limits, divided and rounded up.
  func resource(_ reference: Value, container: Value?) -> String? {
    let containers = pod[path: "spec", "containers"]?.array ?? []
    let named = reference["containerName"]?.string
    let found = containers.first { $0["name"]?.string == named } ?? container
    guard let path = reference["resource"]?.string, let found else { return nil }
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let unset = parts[0] == "limits" ? allocatable[parts[1]] : nil
    let text = found[path: "resources", parts[0], parts[1]]?.string ?? unset ?? "0"
    guard let quantity = try? Quantity(text) else { return nil }
    let isCPU = parts[1] == "cpu"
    let divisor = (try? Quantity(reference["divisor"]?.string ?? "1")) ?? quantity
    let whole = isCPU ? quantity.milliValue : quantity.value
    // A divisor of zero, which is what the API fills in, stands for one.
    let given = isCPU ? divisor.milliValue : divisor.value
    let unit = given > 0 ? given : isCPU ? 1000 : 1
    return "\(whole / unit + (whole % unit > 0 ? 1 : 0))"
  }

  /// `key="value"` lines, sorted (fieldpath.FormatMap).
  private static func lines(_ map: Value?) -> String {
    (map?.strings ?? [:]).sorted { $0.key < $1.key }
      .map { "\($0.key)=\"\($0.value.goEscaped)\"" }.joined(separator: "\n")
  }
}

extension String {
  /// Where `text` first stands.
  fileprivate func range(ofText text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }

  fileprivate var goEscaped: String {
    var out = ""
    for character in self {
      switch character {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default: out.append(character)
      }
    }
    return out
  }
}
