import Documents
import Linux
import Shell

/// The values that a command line gives: files, then settings, later ones on top.
enum ChartValues {
  static func given(_ flags: Flags, _ process: Process) async throws -> Value {
    var values = Value.emptyObject
    for path in flags.values("values").flatMap({ $0.split(separator: ",").map(String.init) }) {
      let text: String
      do {
        text = String(decoding: try await process.contents(of: path), as: UTF8.self)
      } catch let error as HostError {
        throw HelmError("open \(path): \(error.text.lowercased())")
      }
      do throws(Problem) {
        let file = try YAML.parse(text)
        if file.object != nil { values = merged(values, with: file, dropsNull: false) }
      } catch {
        throw HelmError("failed to parse \(path): error converting YAML to JSON: \(error.message)")
      }
    }
    for setting in flags.given {
      switch setting.name {
      case "set": try Settings.apply(setting.value, to: &values, isText: false)
      case "set-string": try Settings.apply(setting.value, to: &values, isText: true)
      case "set-json":
        let (path, text) = try Settings.pair(setting.value)
        guard let value = try? JSON.parse(text) else {
          throw HelmError("failed parsing --set-json data \(setting.value)")
        }
        values.set(path[...], value)
      case "set-literal":
        let (path, text) = try Settings.pair(setting.value)
        values.set(path[...], .string(text))
      case "set-file":
        let (path, file) = try Settings.pair(setting.value)
        let bytes = (try? await process.contents(of: file)) ?? []
        values.set(path[...], .string(String(decoding: bytes, as: UTF8.self)))
      default: break
      }
    }
    return values
  }

  /// Objects member by member, everything else replaced. A null takes a chart's value away.
  static func merged(_ base: Value, with other: Value, dropsNull: Bool) -> Value {
    guard case .object(let members) = other, case .object(var result) = base else { return other }
    for (name, value) in members {
      if value.isNull, dropsNull {
        result[name] = nil
      } else if let own = result[name], own.object != nil, value.object != nil {
        result[name] = merged(own, with: value, dropsNull: dropsNull)
      } else {
        result[name] = value
      }
    }
    return .object(result)
  }

  /// A chart's own values under those given, and each inner chart's under its name.
  static func coalesced(_ chart: Chart, with given: Value) -> Value {
    var values = merged(chart.values, with: given, dropsNull: true)
    let global = values["global"] ?? .emptyObject
    for inner in chart.dependencies {
      var own = values[inner.name] ?? .emptyObject
      if own.object == nil { own = .emptyObject }
      own["global"] = merged(own["global"] ?? .emptyObject, with: global, dropsNull: true)
      values[inner.name] = coalesced(inner, with: own)
    }
    return values
  }

  /// The inner charts that their conditions and tags leave on.
  static func enabled(_ chart: Chart, _ given: Value) -> Chart {
    var chart = chart
    let values = merged(chart.values, with: given, dropsNull: true)
    let wishes = chart.metadata["dependencies"]?.array ?? []
    chart.dependencies = chart.dependencies.filter { inner in
      guard
        let wish = wishes.first(where: {
          ($0["alias"]?.string ?? $0["name"]?.string) == inner.name
            || $0["name"]?.string == inner.name
        })
      else { return true }
      for condition in (wish["condition"]?.string ?? "").split(separator: ",") {
        let path = condition.split(separator: ".").map(String.init)
        if let flag = values.at(path)?.bool { return flag }
      }
      let tags = (wish["tags"]?.array ?? []).compactMap(\.string)
      let flags = tags.compactMap { values[path: "tags", $0]?.bool }
      return flags.isEmpty || flags.contains(true)
    }
    return chart
  }
}

/// The language of `--set`: `a.b=1,list={x,y},list[0].name=z`.
enum Settings {
  static func apply(_ text: String, to values: inout Value, isText: Bool) throws {
    for part in try parts(text) {
      guard let equal = firstEqual(part) else {
        throw HelmError("failed parsing --set data: key \"\(part)\" has no value")
      }
      let path = try steps(String(part[..<equal]))
      let value = value(String(part[part.index(after: equal)...]), isText: isText)
      guard path.count <= 30 else {
        throw HelmError(
          "failed parsing --set data: value name nested level is greater than maximum "
            + "supported nested level of 30")
      }
      set(&values, path[...], value)
    }
  }

  /// A path and everything behind the equal sign.
  static func pair(_ text: String) throws -> (path: [String], value: String) {
    guard let equal = firstEqual(text) else {
      throw HelmError("failed parsing --set data: key \"\(text)\" has no value")
    }
    let names = try steps(String(text[..<equal])).compactMap { step in
      if case .member(let name) = step { name } else { nil }
    }
    return (names, String(text[text.index(after: equal)...]))
  }

  private static func firstEqual(_ text: String) -> String.Index? { text.firstIndex(of: "=") }

  /// Parts at commas outside of braces and not behind a backslash.
  private static func parts(_ text: String) throws -> [String] {
    var found: [String] = []
    var part = ""
    var depth = 0
    var isEscaped = false
    for character in text {
      if isEscaped {
        part += "\\\(character)"
        isEscaped = false
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case ",":
        if depth == 0 {
          found.append(part)
          part = ""
        } else {
          part.append(character)
        }
      default:
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        part.append(character)
      }
    }
    if !part.isEmpty { found.append(part) }
    return found
  }

  private static func steps(_ text: String) throws -> [PathStep] {
    var steps: [PathStep] = []
    var name = ""
    var rest = text[...]
    func finish() {
      if !name.isEmpty { steps.append(.member(name)) }
      name = ""
    }
    while let character = rest.popFirst() {
      switch character {
      case "\\": if let next = rest.popFirst() { name.append(next) }
      case ".": finish()
      case "[":
        finish()
        let digits = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(digits.count + 1)
        guard let index = Int(digits), (0..<65_536).contains(index) else {
          throw HelmError(
            "failed parsing --set data: error parsing index: strconv.Atoi: parsing "
              + "\"\(digits)\": invalid syntax")
        }
        steps.append(.element(index))
      default: name.append(character)
      }
    }
    finish()
    return steps
  }

  private static func value(_ text: String, isText: Bool) -> Value {
    if text.hasPrefix("{"), text.hasSuffix("}") {
      let inner = text.dropFirst().dropLast()
      if inner.isEmpty { return .array([]) }
      return .array(inner.split(separator: ",").map { value(String($0), isText: isText) })
    }
    var plain = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "\\", let next = rest.popFirst() {
        plain.append(next)
      } else {
        plain.append(character)
      }
    }
    if isText { return .string(plain) }
    switch plain {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "0": return .int(0)
    default: break
    }
    // Zeros in front make a text, so that codes stay what they are.
    if !plain.hasPrefix("0"), let number = Int64(plain) { return .int(number) }
    return .string(plain)
  }

  private static func set(_ target: inout Value, _ path: ArraySlice<PathStep>, _ value: Value) {
    guard let step = path.first else {
      target = value
      return
    }
    switch step {
    case .member(let name):
      var child = target[name] ?? .null
      set(&child, path.dropFirst(), value)
      if target.object == nil { target = .emptyObject }
      target[name] = child
    case .element(let index):
      var elements = target.array ?? []
      while elements.count <= index { elements.append(.null) }
      set(&elements[index], path.dropFirst(), value)
      target = .array(elements)
    }
  }
}
