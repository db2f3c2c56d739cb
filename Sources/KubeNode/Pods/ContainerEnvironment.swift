import Documents
import KubeObjects

/// Makes a container's environment as the kubelet does: Services first, then envFrom, then env.
struct ContainerEnvironment {
  let pod: Value
  let container: Value
  let downward: DownwardAPI
  let lookUp: (GroupVersionResource, String) -> Value?
  /// A file of one of the Pod's volumes: where the kubelet has it, and what is in it; nil: there is
  /// no such volume.
  let file: (_ volume: String, _ path: String) -> (path: String, contents: [UInt8]?)?
  /// Service variables, sorted by name.
  let services: [(name: String, value: String)]

  struct Failure: Error {
    var message: String
  }

  /// Throws CreateContainerConfigError's words.
  func variables() throws(Failure) -> [(name: String, value: String)] {
    var values: [String: String] = [:]
    var order: [String] = []
    func set(_ name: String, _ value: String) {
      if values.updateValue(value, forKey: name) == nil { order.append(name) }
    }
    for service in services { set(service.name, service.value) }
    for source in container["envFrom"]?.array ?? [] {
      for (name, value) in try all(of: source) { set(name, value) }
    }
    for variable in container["env"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      if let from = variable["valueFrom"] {
        if let value = try self.value(from) { set(name, value) }
      } else {
        set(name, Expansion.expand(variable["value"]?.string ?? "") { values[$0] })
      }
    }
    return order.map { ($0, values[$0] ?? "") }
  }

  private func all(of source: Value) throws(Failure) -> [(String, String)] {
    let prefix = source["prefix"]?.string ?? ""
    let isSecret = source["secretRef"] != nil
    guard let reference = source["configMapRef"] ?? source["secretRef"] else { return [] }
    let name = reference["name"]?.string ?? ""
    guard let object = lookUp(isSecret ? .secrets : .configMaps, name) else {
      if reference["optional"]?.bool == true { return [] }
      throw Failure(message: "\(isSecret ? "secret" : "configmap") \"\(name)\" not found")
    }
    return (object["data"]?.strings ?? [:]).sorted { $0.key < $1.key }.map {
      (prefix + $0.key, isSecret ? Base64.text($0.value) : $0.value)
    }
  }

  private func value(_ from: Value) throws(Failure) -> String? {
    if let field = from["fieldRef"] {
      return downward.field(field["fieldPath"]?.string ?? "") ?? ""
    }
    if let resource = from["resourceFieldRef"] {
      return downward.resource(resource, container: container) ?? ""
    }
    if let file = from["fileKeyRef"] { return try value(ofFile: file) }
    let isSecret = from["secretKeyRef"] != nil
    guard let reference = from["configMapKeyRef"] ?? from["secretKeyRef"] else { return nil }
    let name = reference["name"]?.string ?? ""
    let key = reference["key"]?.string ?? ""
    let optional = reference["optional"]?.bool == true
    guard let object = lookUp(isSecret ? .secrets : .configMaps, name) else {
      if optional { return nil }
      throw Failure(message: "\(isSecret ? "secret" : "configmap") \"\(name)\" not found")
    }
    guard let text = object["data"]?[key]?.string else {
      if optional { return nil }
      let kind = isSecret ? "Secret" : "ConfigMap"
      throw Failure(message: "couldn't find key \(key) in \(kind) \(pod.namespace)/\(name)")
    }
    return isSecret ? Base64.text(text) : text
  }

  // makeEnvironmentVariables: a file that cannot be read is refused however optional it is, and an
  // empty value is none.
  private func value(ofFile reference: Value) throws(Failure) -> String? {
    let volume = reference["volumeName"]?.string ?? ""
    let key = reference["key"]?.string ?? ""
    guard let found = file(volume, reference["path"]?.string ?? "") else {
      throw Failure(message: "cannot find the volume \(volume.goQuoted) referenced by FileKeyRef")
    }
    var value: String?
    do {
      guard let contents = found.contents else { throw EnvironmentFile.Malformed() }
      value = try EnvironmentFile.value(of: key, in: contents)
    } catch { throw Failure(message: "couldn't parse env file") }
    if let value, !value.isEmpty { return value }
    if reference["optional"]?.bool == true { return nil }
    throw Failure(
      message: "environment variable key \(key.goQuoted) not found in file "
        + found.path.goQuoted)
  }
}

/// `$(VAR)` in env, command and args; `$$` stands for `$`; unknown names stay as they are.
enum Expansion {
  static func expand(_ text: String, _ value: (String) -> String?) -> String {
    var out = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      out += rest[..<dollar]
      let after = rest.index(after: dollar)
      guard after < rest.endIndex else {
        out += "$"
        return out
      }
      switch rest[after] {
      case "$":
        out += "$"
        rest = rest[rest.index(after: after)...]
      case "(":
        guard let close = rest[after...].firstIndex(of: ")") else {
          out += "$("
          rest = rest[rest.index(after: after)...]
          continue
        }
        let name = String(rest[rest.index(after: after)..<close])
        out += value(name) ?? "$(\(name))"
        rest = rest[rest.index(after: close)...]
      default:
        out += "$"
        rest = rest[after...]
      }
    }
    return out + rest
  }
}
