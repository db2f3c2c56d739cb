import Documents

/// Compares an answer with the recorded one.
struct ReplyComparison {
  struct Difference {
    var path: String
    var want: String
    var got: String
  }

  var values: PlaceholderValues
  private(set) var differences: [Difference] = []

  init(_ values: PlaceholderValues) { self.values = values }

  mutating func add(_ path: String, _ want: Value?, _ got: Value?) {
    differences.append(
      Difference(path: path, want: Self.short(want), got: Self.short(got)))
  }

  private static func short(_ value: Value?) -> String {
    guard let value else { return "-" }
    let text = value.string ?? JSON.text(value)
    return text.count > 700 ? String(text.prefix(700)) + "…" : text
  }

  mutating func body(_ want: Value, _ got: Value) {
    if want["kind"] == "Status", got["kind"] == "Status" {
      status(want, got)
    } else {
      walk(want, got, "")
    }
  }

  /// A trial without a trace when it fails.
  mutating func equal(_ want: Value, _ got: Value) -> Bool {
    var trial = self
    trial.walk(want, got, "")
    guard trial.differences.count == differences.count else { return false }
    self = trial
    return true
  }

  /// Several errors come in no fixed order: the causes are a set, and then so is the message.
  private mutating func status(_ wanted: Value, _ gotten: Value) {
    var want = wanted
    var got = gotten
    if let wantCauses = want["details"]?["causes"]?.array,
      let gotCauses = got["details"]?["causes"]?.array, wantCauses.count == gotCauses.count,
      wantCauses.count > 1, !equal(.array(wantCauses), .array(gotCauses)),
      matched(wantCauses, gotCauses)
    {
      want["details"]?["causes"] = nil
      got["details"]?["causes"] = nil
      let parts = (Self.parts(want), Self.parts(got))
      if parts.0.count == parts.1.count, matched(parts.0, parts.1) {
        want["message"] = ""
        got["message"] = ""
      }
    }
    if let message = want["message"] {
      if !equal(message, got["message"] ?? .null) {
        add(".message", message, got["message"])
        return
      }
    }
    walk(want, got, "")
  }

  private static func parts(_ status: Value) -> [Value] {
    let text = status["message"]?.string ?? ""
    var parts: [String] = []
    var part = ""
    var rest = Substring(text)
    while let first = rest.first {
      if rest.hasPrefix(": [") || rest.hasPrefix(", ") {
        parts.append(part)
        part = ""
        rest = rest.dropFirst(rest.hasPrefix(": [") ? 3 : 2)
      } else {
        part.append(first)
        rest = rest.dropFirst()
      }
    }
    if part.hasSuffix("]") { part.removeLast() }
    return (parts + [part]).map { .string($0) }
  }

  private mutating func matched(_ want: [Value], _ got: [Value]) -> Bool {
    var left = got
    for one in want {
      guard let index = left.firstIndex(where: { equal(one, $0) }) else { return false }
      left.remove(at: index)
    }
    return true
  }

  private mutating func walk(_ want: Value, _ got: Value, _ path: String) {
    switch (want, got) {
    case (.object(let wanted), .object(let gotten)): object(wanted, gotten, path)
    case (.array(let wanted), .array(var gotten)):
      if path.hasSuffix(".managedFields"), wanted.count == gotten.count {
        gotten = paired(wanted, gotten)
      }
      if wanted.count != gotten.count {
        add(path + " (length)", .int(Int64(wanted.count)), .int(Int64(gotten.count)))
      }
      for (one, other) in zip(wanted, gotten) { walk(one, other, path + "[]") }
    case (.string(let text), .int(let number)) where text.hasPrefix("<nodeport:"):
      if let why = values.compare(text, String(number)) { add("\(path) (\(why))", want, got) }
    case (.string(let text), .string(let other)):
      if let why = values.compare(text, other) {
        add(why == "other text" ? path : "\(path) (\(why))", want, got)
      }
    default:
      if let a = want.number, let b = got.number, a == b { return }
      if want != got { add(path, want, got) }
    }
  }

  private mutating func object(_ want: Mapping, _ got: Mapping, _ path: String) {
    var rest = got.keys.filter { want[$0] == nil }
    for (key, wanted) in want {
      var name = key
      if got[key] == nil {
        guard
          let other = rest.first(where: {
            Placeholders(key) != nil && values.compare(key, $0) == nil
          })
        else {
          add("\(path).\(key) (missing)", wanted, nil)
          continue
        }
        name = other
        rest.removeAll { $0 == other }
      }
      var wanted = wanted
      if key == "resourceVersion", wanted.string?.hasPrefix("<rv:") == true, want["uid"] == nil,
        want["name"] == nil
      {
        wanted = "<rv>"
      }
      walk(wanted, got[name] ?? .null, "\(path).\(key)")
    }
    for key in rest { add("\(path).\(key) (extra)", nil, got[key]) }
  }

  private mutating func paired(_ want: [Value], _ got: [Value]) -> [Value] {
    func identity(_ entry: Value) -> [Value?] {
      ["manager", "operation", "apiVersion", "subresource"].map { entry[$0] }
    }
    var left = got
    var out: [Value?] = []
    for wanted in want {
      let index =
        left.firstIndex { identity($0) == identity(wanted) && equal(wanted, $0) }
        ?? left.firstIndex { identity($0) == identity(wanted) }
      out.append(index.map { left.remove(at: $0) })
    }
    return out.map { $0 ?? (left.isEmpty ? .null : left.removeFirst()) }
  }
}
