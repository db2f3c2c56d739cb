/// JSON patches (RFC 6902) with the leniences of the API server's library: a member that is not
/// there may be replaced, a value that is not given is null, negative indices count from the end.
package struct JSONPatch: Sendable {
  private enum Word: String {
    case add, remove, replace, move, copy, test
  }

  private let operations: [Value]

  /// The operations of a patch that is a list of objects.
  package init(_ patch: Value) throws(PatchFailure) {
    guard case .array(let operations) = patch else {
      throw PatchFailure(
        "json: cannot unmarshal \(Self.kind(patch)) into Go value of type []handlers.jsonPatchOp")
    }
    for operation in operations where operation.object == nil && !operation.isNull {
      throw PatchFailure(
        "json: cannot unmarshal \(Self.kind(operation)) into Go value of type handlers.jsonPatchOp")
    }
    self.operations = operations
  }

  package var count: Int { operations.count }

  /// What a strict reader complains of: members that no operation has.
  package static func unknownFields(_ patch: Value) -> [String] {
    (patch.array ?? []).enumerated().flatMap { index, operation in
      (operation.object ?? [:]).map(\.key).filter { !["op", "path", "from", "value"].contains($0) }
        .map { "unknown field \"[\(index)].\($0)\"" }
    }
  }

  private static func kind(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .int, .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The value after all operations, or the first failure.
  package func apply(to value: Value) throws(PatchFailure) -> Value {
    var value = value
    // Copies of copies double: the API server allows as much as a request may hold.
    var copied = 0
    for operation in operations {
      try Self.apply(operation, to: &value, &copied)
    }
    return value
  }

  private static func apply(
    _ operation: Value, to value: inout Value, _ copied: inout Int
  ) throws(PatchFailure) {
    let name = operation["op"]?.string ?? "unknown"
    let path = operation["path"]?.string ?? "unknown"
    guard let word = Word(rawValue: name) else { throw PatchFailure("Unexpected kind: \(name)") }
    let pointer = try Pointer(path, name)
    switch word {
    case .add:
      try pointer.insert(operation["value"] ?? .null, in: &value)
    case .remove:
      _ = try pointer.remove(in: &value)
    case .replace:
      try pointer.replace(operation["value"] ?? .null, in: &value)
    case .test:
      let found = try pointer.get(in: value) ?? .null
      guard found == operation["value"] ?? .null else {
        throw PatchFailure("testing value \(path) failed: test failed")
      }
    case .move, .copy:
      let source = try Pointer(operation["from"]?.string ?? "unknown", name)
      let moved: Value
      if word == .move {
        moved = try source.remove(in: &value)
      } else {
        moved = try source.get(in: value) ?? .null
        copied += JSON.bytes(moved).count
        guard copied <= 3 * 1024 * 1024 else {
          throw PatchFailure(
            "Unable to copy, the accumulated size increase of copy is \(copied), exceeding the "
              + "limit 3145728")
        }
      }
      try pointer.insert(moved, in: &value)
    }
  }
}

/// A JSON pointer and the operation that follows it.
private struct Pointer {
  private let path: String
  private let operation: String
  private var steps: ArraySlice<String>

  init(_ path: String, _ operation: String) throws(PatchFailure) {
    self.path = path
    self.operation = operation
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    steps = ArraySlice(parts.map(Self.decode))
    if steps.isEmpty { throw missingPath }
  }

  private static func decode(_ part: Substring) -> String {
    guard part.contains("~") else { return String(part) }
    var text = ""
    var rest = part
    while let character = rest.popFirst() {
      if character == "~", let code = rest.first, code == "0" || code == "1" {
        rest.removeFirst()
        text.append(code == "1" ? "/" : "~")
      } else {
        text.append(character)
      }
    }
    return text
  }

  private var missingPath: PatchFailure {
    PatchFailure(
      "\(operation) operation does not apply: doc is missing path: \(path): missing value")
  }

  /// Lets `change` work on the container that the last step leads from, in place.
  private func change<Result>(
    _ value: inout Value, _ steps: ArraySlice<String>,
    _ change: (inout Value, String) throws(PatchFailure) -> Result
  ) throws(PatchFailure) -> Result {
    guard let step = steps.first else { throw missingPath }
    guard value.object != nil || value.array != nil else { throw missingPath }
    if steps.count == 1 { return try change(&value, step) }
    switch value {
    case .object(var members):
      guard var child = members[step] else { throw missingPath }
      value = .null
      members[step] = .null
      defer {
        members[step] = child
        value = .object(members)
      }
      return try self.change(&child, steps.dropFirst(), change)
    case .array(var elements):
      guard let index = try? index(step, in: elements.count) else { throw missingPath }
      var child = elements[index]
      value = .null
      elements[index] = .null
      defer {
        elements[index] = child
        value = .array(elements)
      }
      return try self.change(&child, steps.dropFirst(), change)
    default: throw missingPath
    }
  }

  private func index(_ step: String, in count: Int) throws(PatchFailure) -> Int {
    guard let written = Int(step) else {
      throw PatchFailure("strconv.Atoi: parsing \(GoText.quote(step)): invalid syntax")
    }
    let index = written < 0 && written >= -count ? written + count : written
    guard (0..<count).contains(index) else {
      throw PatchFailure("Unable to access invalid index: \(step): invalid index referenced")
    }
    return index
  }

  func insert(_ new: Value, in value: inout Value) throws(PatchFailure) {
    try change(&value, steps) { (container, step) throws(PatchFailure) in
      guard case .array(var elements) = container else {
        container[step] = new
        return
      }
      let index = step == "-" ? elements.count : try index(step, in: elements.count + 1)
      container = .null
      elements.insert(new, at: index)
      container = .array(elements)
    }
  }

  func replace(_ new: Value, in value: inout Value) throws(PatchFailure) {
    try change(&value, steps) { (container, step) throws(PatchFailure) in
      guard case .array(var elements) = container else {
        container[step] = new
        return
      }
      guard let index = try? index(step, in: elements.count) else {
        throw PatchFailure(
          "replace operation does not apply: doc is missing key: \(path): missing value")
      }
      container = .null
      elements[index] = new
      container = .array(elements)
    }
  }

  func remove(in value: inout Value) throws(PatchFailure) -> Value {
    try change(&value, steps) { (container, step) throws(PatchFailure) in
      guard case .array(var elements) = container else {
        guard let old = container[step] else {
          throw PatchFailure("Unable to remove nonexistent key: \(step): missing value")
        }
        container[step] = nil
        return old
      }
      let index = try index(step, in: elements.count)
      container = .null
      let old = elements.remove(at: index)
      container = .array(elements)
      return old
    }
  }

  func get(in value: Value) throws(PatchFailure) -> Value? {
    var current = value
    for (position, step) in steps.enumerated() {
      switch current {
      case .object(let members):
        guard let next = members[step] else {
          if position == steps.count - 1 { return nil }
          throw missingPath
        }
        current = next
      case .array(let elements): current = elements[try index(step, in: elements.count)]
      default: throw missingPath
      }
    }
    return current
  }
}
