import Documents

/// Compares what was recorded, placeholders and all, with what is; equal placeholders must stand
/// for equal texts.
struct Placeholders {
  private var bound: [String: String] = [:]
  private var used: Set<String> = []

  /// The text with all placeholders that are known filled in.
  func filled(_ text: String) -> String {
    var result = text
    for (name, value) in bound { result = result.replacing(name, with: value) }
    return result
  }

  /// Whether `text` is what `recorded` says; on success new placeholders are bound.
  mutating func match(_ recorded: String, _ text: String) -> Bool {
    var trial = self
    guard trial.unify(Substring(recorded), Substring(text)) else { return false }
    self = trial
    return true
  }

  private mutating func unify(_ recorded: Substring, _ text: Substring) -> Bool {
    guard let open = recorded.firstIndex(of: "<"),
      let close = recorded[open...].firstIndex(of: ">")
    else { return recorded == text }
    let prefix = recorded[..<open]
    guard text.hasPrefix(prefix) else { return false }
    let rest = text.dropFirst(prefix.count)
    let name = String(recorded[open...close])
    let after = recorded[recorded.index(after: close)...]
    if let value = bound[name] {
      return rest.hasPrefix(value) && unify(after, rest.dropFirst(value.count))
    }
    let isTime = name.hasPrefix("<time")
    let isAddress = name.hasPrefix("<ip") || name.hasPrefix("<uid") || isTime
    let value = rest.prefix { character in
      character.isLetter || character.isNumber
        || isAddress && (character == "." || character == "-" || character == ":")
    }
    guard !value.isEmpty else { return false }
    if !isTime {
      guard used.insert(name.prefix(3) + "=" + value).inserted else { return false }
      bound[name] = String(value)
    }
    return unify(after, rest.dropFirst(value.count))
  }

  /// The first difference, or nil; a member that was not recorded is one only where it counts.
  mutating func difference(_ recorded: Value, _ actual: Value?, _ path: String) -> String? {
    switch recorded {
    case .string(let text):
      guard let own = actual?.string, match(text, own) else {
        return "\(path): \(actual.map(Self.brief) ?? "nothing") instead of \(text)"
      }
      return nil
    case .object(let members):
      for (key, value) in members {
        if let found = difference(value, actual?[key], "\(path).\(key)") { return found }
      }
      return path.hasSuffix(".status") ? surplus(members, actual, path) : nil
    case .array(let elements):
      let own = actual?.array ?? []
      if elements.count != own.count {
        return "\(path): \(own.count) instead of \(elements.count): \(Self.brief(.array(own)))"
      }
      var left = own
      for (index, element) in elements.enumerated() {
        var first: String?
        var isFound = false
        for candidate in left.indices {
          var trial = self
          let found = trial.difference(element, left[candidate], "\(path)[\(index)]")
          if found == nil {
            self = trial
            left.remove(at: candidate)
            isFound = true
            break
          }
          first = first ?? found
        }
        if !isFound { return first ?? "\(path)[\(index)]: missing" }
      }
      return nil
    default:
      let isSame =
        actual == recorded || recorded.isNull && (actual == nil || actual?.array?.isEmpty == true)
      return isSame
        ? nil
        : "\(path): \(actual.map(Self.brief) ?? "nothing") instead of \(Self.brief(recorded))"
    }
  }

  /// Counts that were not recorded were not there.
  private func surplus(_ recorded: Mapping, _ actual: Value?, _ path: String) -> String? {
    for (key, value) in actual?.object ?? [:] where recorded[key] == nil {
      if case .int(let number) = value, number != 0, !Self.unrecorded.contains(key) {
        return "\(path).\(key): \(number), not recorded"
      }
    }
    return nil
  }

  /// Fields that the recordings leave out.
  private static let unrecorded: Set<String> = []

  static func brief(_ value: Value) -> String {
    switch value {
    case .string(let text): return text
    case .int(let number): return String(number)
    case .bool(let flag): return String(flag)
    case .null: return "null"
    case .double(let number): return String(number)
    case .array(let elements): return "[\(elements.map(brief).joined(separator: ", "))]"
    case .object(let members):
      return "{\(members.map { "\($0.key): \(brief($0.value))" }.joined(separator: ", "))}"
    }
  }
}
