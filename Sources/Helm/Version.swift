/// A semantic version.
struct Version: Comparable {
  /// Major, minor and patch.
  let numbers: [Int]
  /// What stands behind a dash.
  let before: String
  /// How many numbers were written.
  let depth: Int

  init?(_ text: String) {
    var rest = text[...]
    if rest.first == "v" { rest.removeFirst() }
    rest = rest.prefix { $0 != "+" }
    let dash = rest.firstIndex(of: "-")
    before = dash.map { String(rest[$0...].dropFirst()) } ?? ""
    let parts = rest[..<(dash ?? rest.endIndex)].split(
      separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, (1...3).contains(numbers.count),
      numbers.allSatisfy({ $0 >= 0 })
    else { return nil }
    depth = numbers.count
    self.numbers = numbers + Array(repeating: 0, count: 3 - numbers.count)
  }

  static func < (left: Version, right: Version) -> Bool {
    if left.numbers != right.numbers {
      return left.numbers.lexicographicallyPrecedes(right.numbers)
    }
    if left.before.isEmpty || right.before.isEmpty {
      return !left.before.isEmpty && right.before.isEmpty
    }
    let (mine, other) = (left.before.split(separator: "."), right.before.split(separator: "."))
    for (a, b) in zip(mine, other) where a != b {
      if let x = Int(a), let y = Int(b) { return x < y }
      return a < b
    }
    return mine.count < other.count
  }

  static func == (left: Version, right: Version) -> Bool {
    left.numbers == right.numbers && left.before == right.before
  }
}

/// `>=1.2 <2`, `^1.2.3`, `~1.2`, `1.x`, with `||` between alternatives.
struct VersionRange {
  private let alternatives: [[(operation: String, version: Version)]]

  init?(_ text: String) {
    var found: [[(String, Version)]] = []
    for part in text.split(separator: "||") {
      var terms: [(String, Version)] = []
      var rest = part[...]
      while true {
        rest = rest.drop { $0 == " " || $0 == "," }
        guard !rest.isEmpty else { break }
        let operation = rest.prefix { "<>=!^~".contains($0) }
        rest = rest.dropFirst(operation.count).drop { $0 == " " }
        let word = rest.prefix { $0 != " " && $0 != "," }
        rest = rest.dropFirst(word.count)
        if word == "*" || word == "x" { continue }
        let plain = word.split(separator: ".").prefix { $0 != "x" && $0 != "*" && $0 != "X" }
        guard let version = Version(plain.joined(separator: ".")) else { return nil }
        terms.append((String(operation), version))
      }
      found.append(terms)
    }
    if found.isEmpty { return nil }
    alternatives = found
  }

  /// The lowest version that it names and holds.
  var least: Version? { alternatives.joined().map(\.version).filter(holds).min() }

  func holds(_ version: Version) -> Bool {
    alternatives.contains { terms in
      // Versions before a release only count where the range speaks of such.
      if !version.before.isEmpty, !terms.contains(where: { !$0.version.before.isEmpty }) {
        return false
      }
      return terms.allSatisfy { Self.holds($0.operation, $0.version, version) }
    }
  }

  private static func holds(_ operation: String, _ wanted: Version, _ version: Version) -> Bool {
    switch operation {
    case ">": version > wanted
    case ">=", "=>": version >= wanted
    case "<": version < wanted
    case "<=", "=<":
      version.numbers.prefix(wanted.depth).elementsEqual(wanted.numbers.prefix(wanted.depth))
        || version <= wanted
    case "!=": version != wanted
    case "^":
      version >= wanted
        && (wanted.numbers[0] > 0 || wanted.depth == 1
          ? version.numbers[0] == wanted.numbers[0]
          : version.numbers.prefix(2).elementsEqual(wanted.numbers.prefix(2)))
    case "~":
      version >= wanted
        && version.numbers.prefix(min(2, wanted.depth)).elementsEqual(
          wanted.numbers.prefix(min(2, wanted.depth)))
    default:
      wanted.depth == 3
        ? version == wanted
        : version.numbers.prefix(wanted.depth).elementsEqual(wanted.numbers.prefix(wanted.depth))
    }
  }
}
