/// Texts of a recording in which placeholders stand for values that differ from run to run.
struct Placeholders {
  /// kind and number of a placeholder: (uid, 3); number empty where it has none.
  struct Name: Hashable {
    var kind: String
    var number: String
  }

  private enum Part {
    case text([UInt8])
    case hole(Name)
  }

  private static let kinds: Set<String> = [
    "uid", "rv", "ip", "nodeport", "time", "microtime", "suffix", "continue", "jwt", "pem",
    "sha256", "age",
  ]

  private let parts: [Part]

  /// nil when the text has no placeholder.
  init?(_ text: String) {
    guard text.contains("<") else { return nil }
    var parts: [Part] = []
    var plain: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<"),
        let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")),
        let name = Self.name(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
      {
        parts.append(.text(plain))
        parts.append(.hole(name))
        plain = []
        index = end + 1
      } else {
        plain.append(bytes[index])
        index += 1
      }
    }
    guard !parts.isEmpty else { return nil }
    parts.append(.text(plain))
    self.parts = parts
  }

  private static func name(_ text: String) -> Name? {
    let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let kind = halves.first, kinds.contains(kind), halves.count <= 2 else { return nil }
    if halves.count == 2, Int(halves[1]) == nil { return nil }
    return Name(kind: kind, number: halves.count == 2 ? halves[1] : "")
  }

  /// What each placeholder stands for in `text`, or nil when the text is another.
  func match(_ text: String) -> [(name: Name, value: String)]? {
    var found: [(name: Name, value: String)] = []
    return match(0, Array(text.utf8)[...], &found) ? found : nil
  }

  private func match(
    _ part: Int, _ text: ArraySlice<UInt8>, _ found: inout [(name: Name, value: String)]
  ) -> Bool {
    guard part < parts.count else { return text.isEmpty }
    switch parts[part] {
    case .text(let plain):
      guard text.starts(with: plain) else { return false }
      return match(part + 1, text.dropFirst(plain.count), &found)
    case .hole(let name):
      for length in Self.lengths(name.kind, text) {
        found.append((name, String(decoding: text.prefix(length), as: UTF8.self)))
        if match(part + 1, text.dropFirst(length), &found) { return true }
        found.removeLast()
      }
      return false
    }
  }

  /// How long a value of that kind at the start of a text may be, the likeliest first.
  private static func lengths(_ kind: String, _ text: ArraySlice<UInt8>) -> [Int] {
    func run(_ most: Int = .max, _ isPart: (UInt8) -> Bool) -> Int {
      var count = 0
      for byte in text {
        guard count < most, isPart(byte) else { break }
        count += 1
      }
      return count
    }
    func down(_ most: Int) -> [Int] { most < 1 ? [] : Array((1...most).reversed()) }
    let digit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
    let lower: (UInt8) -> Bool = { $0 >= 0x61 && $0 <= 0x7A }
    let hex: (UInt8) -> Bool = { digit($0) || ($0 >= 0x61 && $0 <= 0x66) }
    switch kind {
    case "uid": return run(36) { hex($0) || $0 == 0x2D } == 36 ? [36] : []
    case "rv": return down(run { digit($0) })
    case "ip": return down(run { digit($0) || $0 == 0x2E })
    case "nodeport": return run(5, digit) == 5 && text.first == 0x33 ? [5] : []
    case "suffix": return run(5) { digit($0) || lower($0) } == 5 ? [5] : []
    case "sha256": return run(64, hex) == 64 ? [64] : []
    case "continue": return down(run { $0 > 0x20 })
    case "jwt":
      let length = run { $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || isLetter($0) || digit($0) }
      return text.prefix(length).filter { $0 == 0x2E }.count >= 2 ? down(length) : []
    case "age": return down(run { digit($0) || "smhdy".utf8.contains($0) })
    case "time": return down(run(30) { isTimePart($0) }).filter { $0 >= 20 }
    case "microtime": return down(run(35) { isTimePart($0) }).filter { $0 >= 25 }
    case "pem":
      guard text.starts(with: Array("-----BEGIN ".utf8)) else { return [] }
      return down(text.count)
    default: return []
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
  }

  private static func isTimePart(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x3A) || "TZ-+.".utf8.contains(byte)
  }
}

/// Which value each numbered placeholder of a case stands for: equal numbers mean equal values,
/// other numbers others.
struct PlaceholderValues {
  private(set) var values: [Placeholders.Name: String] = [:]
  private var numbers: [Placeholders.Name: String] = [:]

  /// nil when equal, else why not.
  mutating func compare(_ want: String, _ got: String) -> String? {
    if want == got { return nil }
    guard let pattern = Placeholders(want), let found = pattern.match(got) else {
      return "other text"
    }
    var fresh: [Placeholders.Name: String] = [:]
    for (name, value) in found where !name.number.isEmpty {
      if let known = values[name] ?? fresh[name] {
        if known != value { return "other \(name.kind) than before" }
        continue
      }
      let reverse = Placeholders.Name(kind: name.kind, number: value)
      if numbers[reverse] != nil
        || fresh.contains(where: { $0.key.kind == name.kind && $0.value == value })
      {
        return "\(name.kind) of something else, or unchanged"
      }
      fresh[name] = value
    }
    for (name, value) in fresh {
      values[name] = value
      numbers[Placeholders.Name(kind: name.kind, number: value)] = name.number
    }
    return nil
  }
}
