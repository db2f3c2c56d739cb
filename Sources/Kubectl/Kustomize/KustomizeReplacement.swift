import Documents
import KubeObjects

/// Copies a field of one object into fields of others.
enum KustomizeReplacement {
  static func run(
    _ entry: Value, _ layer: Kustomization, _ items: inout [KustomizedObject]
  ) async throws {
    if let path = entry["path"]?.string {
      for document in try ManifestText.documents(
        try await layer.read(path), truth: .trueAndFalse)
      {
        for inner in document.array ?? [document] { try apply(inner, &items) }
      }
    } else {
      try apply(entry, &items)
    }
  }

  private static func apply(_ entry: Value, _ items: inout [KustomizedObject]) throws {
    guard !(entry["targets"]?.array ?? []).isEmpty else {
      throw CommandError.text("replacements must specify a source and at least one target")
    }
    let value = try source(entry, items)
    for target in entry["targets"]?.array ?? [] {
      let selector = try KustomizeSelector(target["select"] ?? [:])
      let rejections = try (target["reject"]?.array ?? []).map { try KustomizeSelector($0) }
      let paths = target["fieldPaths"]?.array?.compactMap(\.string) ?? ["metadata.name"]
      for index in items.indices where selector.matches(items[index]) {
        if rejections.contains(where: { $0.matches(items[index]) }) { continue }
        for path in paths {
          var steps = Self.steps(path)[...]
          var change = Change(value: value, options: target["options"] ?? [:])
          let isChanged = change.apply(to: &items[index].object, &steps)
          if !isChanged, target["options"]?["create"]?.bool != true {
            throw CommandError.text(
              "unable to find field \(Go.quoted(path)) in replacement target")
          }
        }
      }
    }
  }

  private static func source(_ entry: Value, _ items: [KustomizedObject]) throws -> Value {
    if let text = entry["sourceValue"] { return text }
    guard let source = entry["source"] else {
      throw CommandError.text("replacements must specify a source and at least one target")
    }
    let selector = try KustomizeSelector(source, isPattern: false)
    let matches = items.filter(selector.matches)
    guard matches.count == 1, let item = matches.first else {
      throw CommandError.text(
        matches.isEmpty
          ? "nothing selected by \(describe(source)):\(source["fieldPath"]?.string ?? "metadata.name")"
          : "multiple matches for selector \(describe(source))")
    }
    let path = source["fieldPath"]?.string ?? "metadata.name"
    guard var value = find(item.object, steps(path)[...]) else {
      throw CommandError.text(
        "fieldPath `\(path)` is missing for replacement source \(describe(source))")
    }
    if let delimiter = source[path: "options", "delimiter"]?.string, !delimiter.isEmpty,
      let text = value.string
    {
      let parts = text.components(separatedBy: delimiter)
      let place = Int(source[path: "options", "index"]?.int ?? 0)
      guard parts.indices.contains(place) else {
        throw CommandError.text(
          "options.index \(place) is out of bounds for value \(text)")
      }
      value = .string(parts[place])
    }
    return value
  }

  private static func describe(_ source: Value) -> String {
    func text(_ member: String, _ absent: String) -> String {
      source[member]?.string ?? "[\(absent)]"
    }
    return "\(text("kind", "noKind")).\(text("version", "noVer")).\(text("group", "noGrp"))/"
      + "\(text("name", "noName")).\(text("namespace", "noNs"))"
  }

  /// The parts of a path: `spec.containers.[name=web].env`, `\.` for a dot in a name.
  static func steps(_ path: String) -> [String] {
    var steps: [String] = []
    var step = ""
    var depth = 0
    var isEscaped = false
    for character in path {
      if isEscaped {
        step.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == ".", depth == 0 {
        steps.append(step)
        step = ""
      } else {
        if character == "[" { depth += 1 }
        if character == "]" { depth -= 1 }
        step.append(character)
      }
    }
    return (steps + [step]).filter { !$0.isEmpty }
  }

  private static func find(_ value: Value, _ steps: ArraySlice<String>) -> Value? {
    guard let step = steps.first else { return value }
    if let elements = value.array {
      return places(step, elements).first.flatMap { find(elements[$0], steps.dropFirst()) }
    }
    return value[step].flatMap { find($0, steps.dropFirst()) }
  }

  /// The elements that a step means: `*`, a number, or `[name=web]`.
  static func places(_ step: String, _ elements: [Value]) -> [Int] {
    if step == "*" { return Array(elements.indices) }
    if let number = Int(step) { return elements.indices.contains(number) ? [number] : [] }
    guard step.hasPrefix("["), step.hasSuffix("]") else { return [] }
    let parts = step.dropFirst().dropLast().split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return [] }
    return elements.indices.filter {
      elements[$0][String(parts[0])].map(DescribeText.text) == String(parts[1])
    }
  }

  private struct Change {
    let value: Value
    let options: Value

    /// Whether anything was there to be changed.
    mutating func apply(to object: inout Value, _ steps: inout ArraySlice<String>) -> Bool {
      guard let written = steps.first else {
        object = placed(in: object)
        return true
      }
      let rest = steps.dropFirst()
      if var elements = object.array {
        var isChanged = false
        for place in KustomizeReplacement.places(written, elements) {
          var rest = rest
          if apply(to: &elements[place], &rest) { isChanged = true }
        }
        object = .array(elements)
        return isChanged
      }
      guard object.object != nil || object.isNull else { return false }
      // Brackets protect what a key's name holds.
      let isBracketed = written.hasPrefix("[") && written.hasSuffix("]") && !written.contains("=")
      let step = isBracketed ? String(written.dropFirst().dropLast()) : written
      if object[step] == nil {
        guard options["create"]?.bool == true else { return false }
        object[step] = rest.isEmpty ? .null : .emptyObject
      }
      var child = object[step] ?? .null
      var remaining = rest
      let isChanged = apply(to: &child, &remaining)
      object[step] = child
      return isChanged
    }

    /// A scalar keeps its type, and what was not there gets the type that it reads as
    /// (upstream's setFieldValue copies the text alone).
    private func placed(in old: Value) -> Value {
      let isScalar = old.object == nil && old.array == nil
      guard isScalar, value.object == nil, value.array == nil else { return value }
      let text = joined(with: old)
      if old.string != nil { return .string(text) }
      return (try? YAML.parse(text)).flatMap { $0.object == nil && $0.array == nil ? $0 : nil }
        ?? .string(text)
    }

    private func joined(with old: Value) -> String {
      guard let delimiter = options["delimiter"]?.string, !delimiter.isEmpty else {
        return DescribeText.text(value)
      }
      var parts = DescribeText.text(old).components(separatedBy: delimiter)
      let place = Int(options["index"]?.int ?? 0)
      let text = DescribeText.text(value)
      if place < 0 {
        parts.insert(text, at: 0)
      } else if place >= parts.count {
        parts.append(text)
      } else {
        parts[place] = text
      }
      return parts.joined(separator: delimiter)
    }
  }
}

extension String {
  /// Cut at every occurrence of a text.
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
