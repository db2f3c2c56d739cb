package import Documents

/// A part of a content file being read strictly: whatever is missing, unknown or of the wrong kind
/// is noted with its place, and reading goes on with something harmless.
package struct Form {
  package let value: Value
  private let path: [PathStep]
  private let findings: Findings

  /// The notes of one document.
  package final class Findings {
    package private(set) var problems: [Problem] = []
    private let locate: ([PathStep]) -> (line: Int, column: Int)

    /// `locate` says where the value at a path stands, or where its nearest ancestor does.
    package init(locate: @escaping ([PathStep]) -> (line: Int, column: Int)) {
      self.locate = locate
    }

    func note(_ message: String, at path: [PathStep]) {
      let position = locate(path)
      problems.append(Problem(message, line: position.line, column: position.column))
    }
  }

  package init(_ value: Value, findings: Findings) {
    self.init(value, path: [], findings: findings)
  }

  private init(_ value: Value, path: [PathStep], findings: Findings) {
    self.value = value
    self.path = path
    self.findings = findings
  }

  package func note(_ message: String) { findings.note(message, at: path) }

  package func note(_ message: String, at member: String) {
    findings.note(message, at: path + [.member(member)])
  }

  /// Notes every member that is none of these.
  package func expect(only names: [String]) {
    guard let mapping = value.object else {
      note("a mapping is expected here, not \(kind(of: value))")
      return
    }
    for key in mapping.keys where !names.contains(key) {
      let near = names.min { distance(key, $0) < distance(key, $1) }
      let hint = near.map { distance(key, $0) <= 2 ? "; did you mean \"\($0)\"?" : "" } ?? ""
      note("unknown field \"\(key)\"\(hint)", at: key)
    }
  }

  /// The member of that name, when it is there and not null.
  package func member(_ name: String) -> Form? {
    guard let member = value[name], !member.isNull else { return nil }
    return Form(member, path: path + [.member(name)], findings: findings)
  }

  package func has(_ name: String) -> Bool { member(name) != nil }

  package func elements() -> [Form] {
    guard let array = value.array else {
      note("a list is expected here, not \(kind(of: value))")
      return []
    }
    return array.enumerated().map {
      Form($0.element, path: path + [.element($0.offset)], findings: findings)
    }
  }

  package func elements(_ name: String) -> [Form] { member(name)?.elements() ?? [] }

  package func string(_ name: String) -> String? { member(name)?.string() }

  package func required(_ name: String) -> String {
    if let text = string(name) { return text }
    if !has(name) { note("the field \"\(name)\" is missing") }
    return ""
  }

  /// A text; numbers and truth values count as they would be typed.
  package func string() -> String? {
    switch value {
    case .string(let text): return text
    case .int(let number): return "\(number)"
    case .bool(let truth): return "\(truth)"
    default:
      note("a text is expected here, not \(kind(of: value))")
      return nil
    }
  }

  /// The path of a file of the workstation.
  package func path(_ name: String) -> String {
    let path = string(name) ?? ""
    if !path.hasPrefix("/") {
      note("a path from the root is expected, such as /root/answer.txt", at: name)
    }
    return path
  }

  /// A whole number within bounds.
  package func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let member = member(name) else { return nil }
    guard let number = member.value.int, let exact = Int(exactly: number), range.contains(exact)
    else {
      member.note("a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
      return nil
    }
    return exact
  }

  package func truth(_ name: String) -> Bool? {
    guard let member = member(name) else { return nil }
    guard let truth = member.value.bool else {
      member.note("true or false is expected here")
      return nil
    }
    return truth
  }

  /// A text, or a list of texts.
  package func strings(_ name: String) -> [String] { member(name)?.strings() ?? [] }

  package func strings() -> [String] {
    if value.array == nil { return string().map { [$0] } ?? [] }
    return elements().compactMap { $0.string() }
  }

  private func kind(of value: Value) -> String {
    switch value {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int, .double: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "a mapping"
    }
  }
}

/// Levenshtein's, for names as short as fields are.
private func distance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8.prefix(40)), Array(b.utf8.prefix(40)))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
