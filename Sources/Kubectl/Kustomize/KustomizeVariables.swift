import Documents
import KubeObjects

/// The old `vars`: fields of objects that `$(NAME)` stands for in others, after names are final.
final class KustomizeVariables {
  private var entries: [Value] = []

  /// What a layer lists; a name that another one has is an error.
  func add(_ vars: [Value]) throws {
    for entry in vars {
      let name = entry["name"]?.string ?? ""
      if entries.contains(where: { $0["name"]?.string == name }) {
        let all = (entries + [entry]).map {
          "{\($0["name"]?.string ?? "") \(Self.kind($0)).[noVer].[noGrp] {}}"
        }
        throw CommandError.text(
          "merging vars [\(all.joined(separator: " "))]: var '\(name)' already encountered")
      }
      entries.append(entry)
    }
  }

  private static func kind(_ entry: Value) -> String { entry[path: "objref", "kind"]?.string ?? "" }

  private static func path(_ entry: Value) -> String {
    (entry["fieldref"]?["fieldpath"] ?? entry["fieldref"]?["fieldPath"])?.string ?? "metadata.name"
  }

  /// As errors name a variable: `{SVC Service.v1.[noGrp] {metadata.name}}`.
  private static func title(_ entry: Value) -> String {
    let (version, group) = versions(entry)
    return
      "{\(entry["name"]?.string ?? "") \(kind(entry)).\(version.isEmpty ? "[noVer]" : version)."
      + "\(group.isEmpty ? "[noGrp]" : group) {\(path(entry))}}"
  }

  private static func versions(_ entry: Value) -> (version: String, group: String) {
    let target = entry["objref"]
    if let text = target?["apiVersion"]?.string {
      let both = GroupVersion(apiVersion: text)
      return (both.version, both.group)
    }
    return (target?["version"]?.string ?? "", target?["group"]?.string ?? "")
  }

  func resolve(_ items: inout [KustomizedObject]) throws {
    guard !entries.isEmpty else { return }
    var values: [String: Value] = [:]
    for entry in entries {
      guard let item = items.first(where: { Self.isMeant($0, by: entry) }) else {
        throw CommandError.text(
          "var '\(Self.title(entry))' cannot be mapped to a field in the set of known resources")
      }
      var value: Value? = item.object
      for step in Self.steps(Self.path(entry)) {
        value =
          step.index.flatMap { index in
            value?.array.flatMap { $0.indices.contains(index) ? Value?.some($0[index]) : nil }
          } ?? (step.index == nil ? value?[step.name] : nil)
      }
      guard let value, value.object == nil, value.array == nil else {
        throw CommandError.text(
          "field specified in var '\(Self.title(entry))' not found in corresponding resource")
      }
      values[entry["name"]?.string ?? ""] = value
    }
    for index in items.indices {
      for place in Self.places {
        items[index].object = Self.expanded(items[index].object, place[...], values)
      }
    }
  }

  private static func isMeant(_ item: KustomizedObject, by entry: Value) -> Bool {
    let (version, group) = versions(entry)
    guard item.kind == kind(entry), item.groupVersion.group == group,
      version.isEmpty || item.groupVersion.version == version
    else { return false }
    let name = entry[path: "objref", "name"]?.string
    let namespace = entry[path: "objref", "namespace"]?.string
    return item.identities.contains {
      $0.name == name && (namespace == nil || $0.namespace == namespace)
    }
  }

  /// `spec.ports[0].port`
  private static func steps(_ path: String) -> [(name: String, index: Int?)] {
    path.split { $0 == "." || $0 == "[" }.map { part in
      part.hasSuffix("]") ? ("", Int(part.dropLast())) : (String(part), nil)
    }
  }

  /// Where kustomize looks for variables unless it is configured otherwise.
  private static let places: [[String]] = {
    var places: [[String]] = [
      ["metadata", "annotations"], ["metadata", "labels"], ["spec", "rules", "host"],
      ["spec", "tls", "hosts"], ["spec", "tls", "secretName"], ["spec", "ports", "port"],
      ["spec", "ports", "targetPort"], ["spec", "parallelism"], ["spec", "replicas"],
    ]
    let pods: [[String]] = [
      ["spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"],
    ]
    for pod in pods {
      for list in ["containers", "initContainers"] {
        for rest in [["args"], ["command"], ["env", "value"], ["volumeMounts", "mountPath"]] {
          places.append(pod + [list] + rest)
        }
      }
      places.append(pod + ["volumes", "nfs", "server"])
    }
    return places
  }()

  private static func expanded(
    _ value: Value, _ path: ArraySlice<String>, _ values: [String: Value]
  ) -> Value {
    switch value {
    case .array(let elements): return .array(elements.map { expanded($0, path, values) })
    case .object(var members):
      guard let name = path.first else {
        for (key, child) in members { members[key] = expanded(child, [], values) }
        return .object(members)
      }
      guard let child = members[name] else { return value }
      members[name] = expanded(child, path.dropFirst(), values)
      return .object(members)
    case .string(let text) where path.isEmpty: return replaced(text, values)
    default: return value
    }
  }

  /// A text that is one variable takes its value with its type; `$$(NAME)` is `$(NAME)`.
  private static func replaced(_ text: String, _ values: [String: Value]) -> Value {
    guard text.contains("$") else { return .string(text) }
    var out = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "$") {
      out += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      if rest.hasPrefix("$") {
        out += "$"
        rest = rest.dropFirst()
      } else if rest.hasPrefix("("), let end = rest.firstIndex(of: ")") {
        let name = String(rest[..<end].dropFirst())
        if let value = values[name] {
          if text == "$(\(name))" { return value }
          out += DescribeText.text(value)
        } else {
          out += "$(\(name))"
        }
        rest = rest[rest.index(after: end)...]
      } else {
        out += "$"
      }
    }
    return .string(out + rest)
  }
}
