import CEL
import Documents
import KubeObjects

/// Semantic versions.
enum SemverLibrary {
  struct Version: OpaqueDatum {
    let numbers: [UInt64]
    let prerelease: [String]
    let build: [String]
    var typeName: String { "kubernetes.Semver" }
    func isEqual(_ other: any OpaqueDatum) -> Bool {
      (other as? Version).map { SemverLibrary.order(self, $0) == 0 } ?? false
    }
  }

  private static let type = Type.opaque("kubernetes.Semver")

  private static func version(_ value: Datum) -> Version? {
    if case .opaque(let datum) = value { datum as? Version } else { nil }
  }

  static func datum(_ text: String) -> Datum? { parse(text).map { .opaque($0) } }

  static let all: [Function] = [
    Function(
      "semver",
      [
        Overload("string_to_semver", [.string], type),
        Overload("string_bool_to_semver", [.string, .bool], type),
      ]
    ) { values in
      guard let text = values[0].string else { return nil }
      let isNormalized = values.count > 1 && values[1].bool == true
      return parse(isNormalized ? normalized(text) : text).map { .opaque($0) }
        ?? .failure(problem(text))
    },
    Function(
      "isSemver",
      [
        Overload("is_semver_string", [.string], .bool),
        Overload("is_semver_string_bool", [.string, .bool], .bool),
      ]
    ) { values in
      guard let text = values[0].string else { return nil }
      let isNormalized = values.count > 1 && values[1].bool == true
      return .bool(parse(isNormalized ? normalized(text) : text) != nil)
    },
    number("major", 0), number("minor", 1), number("patch", 2),
    comparison("isGreaterThan", "semver_is_greater_than", .bool) { .bool($0 > 0) },
    comparison("isLessThan", "semver_is_less_than", .bool) { .bool($0 < 0) },
    comparison("compareTo", "semver_compare_to", .int) { .int(Int64($0)) },
  ]

  private static func problem(_ text: String) -> String {
    if text.isEmpty { return "Version string empty" }
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count != 3 { return "No Major.Minor.Patch elements found" }
    for (part, name) in zip(parts, ["major", "minor"])
    where part.isEmpty || !part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      return "Invalid character(s) found in \(name) number \(String(part).goQuoted)"
    }
    return "Invalid character(s) found in patch number \(String(parts[2]).goQuoted)"
  }

  private static func number(_ name: String, _ index: Int) -> Function {
    .member(name, "semver_\(name)", [type], .int) { values in
      version(values[0]).map { .int(Int64(clamping: $0.numbers[index])) }
    }
  }

  private static func comparison(
    _ name: String, _ id: String, _ result: Type, _ evaluate: @escaping @Sendable (Int) -> Datum
  ) -> Function {
    .member(name, id, [type, type], result) { values in
      guard let one = version(values[0]), let other = version(values[1]) else { return nil }
      return evaluate(order(one, other))
    }
  }

  /// Without a leading v, with all three numbers, without leading zeros.
  private static func normalized(_ text: String) -> String {
    let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let end = bare.firstIndex { $0 == "-" || $0 == "+" } ?? bare.endIndex
    var parts = bare[..<end].split(separator: ".", omittingEmptySubsequences: false).map { part in
      let digits = part.drop { $0 == "0" }
      return digits.isEmpty && !part.isEmpty ? "0" : String(digits)
    }
    while parts.count < 3 { parts.append("0") }
    return parts.joined(separator: ".") + bare[end...]
  }

  private static func parse(_ text: String) -> Version? {
    var rest = Substring(text)
    var build: [String] = []
    if let plus = rest.firstIndex(of: "+") {
      build = rest[rest.index(after: plus)...].split(
        separator: ".", omittingEmptySubsequences: false
      ).map(String.init)
      rest = rest[..<plus]
      guard build.allSatisfy(isIdentifier) else { return nil }
    }
    var prerelease: [String] = []
    if let dash = rest.firstIndex(of: "-") {
      prerelease = rest[rest.index(after: dash)...].split(
        separator: ".", omittingEmptySubsequences: false
      ).map(String.init)
      rest = rest[..<dash]
      guard
        prerelease.allSatisfy({ isIdentifier($0) && !(isNumber($0) && hasLeadingZero($0)) })
      else { return nil }
    }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts.allSatisfy({ isNumber($0) && !hasLeadingZero($0) }) else {
      return nil
    }
    let numbers = parts.compactMap { UInt64($0) }
    guard numbers.count == 3 else { return nil }
    return Version(numbers: numbers, prerelease: prerelease, build: build)
  }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  private static func hasLeadingZero(_ text: String) -> Bool {
    text.utf8.count > 1 && text.utf8.first == 48
  }

  private static func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) || $0 == 45
      }
  }

  private static func order(_ a: Version, _ b: Version) -> Int {
    for (one, other) in zip(a.numbers, b.numbers) where one != other { return one < other ? -1 : 1 }
    if a.prerelease.isEmpty || b.prerelease.isEmpty {
      return a.prerelease.isEmpty == b.prerelease.isEmpty ? 0 : a.prerelease.isEmpty ? 1 : -1
    }
    for (one, other) in zip(a.prerelease, b.prerelease) where one != other {
      switch (UInt64(one), UInt64(other)) {
      case (let x?, let y?): return x < y ? -1 : 1
      case (.some, nil): return -1
      case (nil, .some): return 1
      default: return ByteOrder.precedes(one, other) ? -1 : 1
      }
    }
    let (one, other) = (a.prerelease.count, b.prerelease.count)
    return one == other ? 0 : one < other ? -1 : 1
  }
}
