package import Documents
import KubeObjects

/// What a part of an object must mean: everything named must be there, what is not named is free.
///
/// Elements of a list match any elements, in any order. A mapping of one member with a `$` asks
/// otherwise: `$absent`, `$not`, `$any`, `$all`, `$contains`, `$count`, `$atLeast`, `$atMost`,
/// `$exactly`.
package struct Pattern: Hashable, Sendable {
  package let wanted: Value

  package init(_ wanted: Value) { self.wanted = wanted }

  /// Why `actual` is not what is wanted, or nil when it is.
  package func mismatch(_ actual: Value?) -> String? {
    Matcher().mismatch(wanted, actual, [], depth: 0)
  }

  static let operators = [
    "$absent", "$not", "$any", "$all", "$contains", "$count", "$atLeast", "$atMost", "$exactly",
  ]
}

/// The recursive comparison behind `Pattern`.
private struct Matcher {
  private static let depthLimit = 60

  func mismatch(_ wanted: Value, _ actual: Value?, _ path: [String], depth: Int) -> String? {
    guard depth < Self.depthLimit else { return "\(shown(path)) is nested too deep" }
    let found = actual.flatMap { $0.isNull ? nil : $0 }
    switch wanted {
    case .null:
      return found.map { "\(shown(path)) is \(brief($0)); it should not be set" }
    case .object(let mapping):
      if let first = mapping.first, mapping.count == 1, first.key.hasPrefix("$") {
        return answer(first.key, first.value, found, path, depth: depth + 1)
      }
      guard let found else { return "\(shown(path)) is not set" }
      guard found.object != nil else {
        return "\(shown(path)) is \(brief(found)), not a mapping"
      }
      for (key, value) in mapping {
        let inner = mismatch(value, found[key], path + [key], depth: depth + 1)
        if let inner { return inner }
      }
      return nil
    case .array(let elements):
      guard let found else { return "\(shown(path)) is not set" }
      guard let candidates = found.array else {
        return "\(shown(path)) is \(brief(found)), not a list"
      }
      return pairing(elements, candidates, path, depth: depth + 1)
    case .bool, .int, .double, .string:
      guard let found else { return "\(shown(path)) is not set; \(brief(wanted)) is wanted" }
      if isEqual(wanted, found, path) { return nil }
      return "\(shown(path)) is \(brief(found)); \(brief(wanted)) is wanted"
    }
  }

  private func answer(
    _ name: String, _ operand: Value, _ found: Value?, _ path: [String], depth: Int
  ) -> String? {
    let place = shown(path)
    switch name {
    case "$absent":
      let isWanted = operand.bool ?? true
      if (found == nil) == isWanted { return nil }
      return isWanted
        ? "\(place) is \(found.map(brief) ?? ""); it should not be set" : "\(place) is not set"
    case "$not":
      guard mismatch(operand, found, path, depth: depth) == nil else { return nil }
      return "\(place) is \(found.map(brief) ?? "not set"), which it should not be"
    case "$any":
      let reasons = (operand.array ?? []).map { mismatch($0, found, path, depth: depth) }
      return reasons.contains(nil) ? nil : reasons.compactMap { $0 }.first
    case "$all":
      for part in operand.array ?? [] {
        if let reason = mismatch(part, found, path, depth: depth) { return reason }
      }
      return nil
    case "$contains":
      guard let text = found?.string, let part = operand.string else {
        return "\(place) is \(found.map(brief) ?? "not set"), not a text"
      }
      return text.contains(part) ? nil : "\(place) does not contain \"\(part)\""
    case "$count":
      let count = found?.array?.count ?? found?.object?.count ?? 0
      return operand.int == Int64(count)
        ? nil : "\(place) has \(count) entries; \(brief(operand)) are wanted"
    case "$atLeast", "$atMost": return bound(name, operand, found, place)
    case "$exactly":
      if let found, found == operand { return nil }
      return "\(place) is \(found.map(brief) ?? "not set"); exactly \(brief(operand)) is wanted"
    default: return "the check asks for \(name), which is not known"
    }
  }

  private func bound(_ name: String, _ operand: Value, _ found: Value?, _ place: String) -> String?
  {
    guard let found, let actual = quantity(found), let limit = quantity(operand) else {
      return "\(place) is \(found.map(brief) ?? "not set"), not a quantity"
    }
    if name == "$atLeast" ? actual >= limit : actual <= limit { return nil }
    return
      "\(place) is \(brief(found)); \(name == "$atLeast" ? "at least" : "at most") \(brief(operand)) is wanted"
  }

  /// Each wanted element needs an element of its own (augmenting paths, so order cannot matter).
  private func pairing(
    _ wanted: [Value], _ actual: [Value], _ path: [String], depth: Int
  ) -> String? {
    var owner: [Int: Int] = [:]
    var fits: [[Int]] = []
    for element in wanted {
      fits.append(
        actual.indices.filter { mismatch(element, actual[$0], path, depth: depth) == nil })
    }
    func place(_ element: Int, _ tried: inout Set<Int>) -> Bool {
      for candidate in fits[element] where tried.insert(candidate).inserted {
        if let other = owner[candidate], !place(other, &tried) { continue }
        owner[candidate] = element
        return true
      }
      return false
    }
    for index in wanted.indices {
      var tried: Set<Int> = []
      if place(index, &tried) { continue }
      return unpaired(wanted[index], actual, path, depth: depth)
    }
    return nil
  }

  /// Names what is nearest: the element of the same name or type, or the only one.
  private func unpaired(
    _ wanted: Value, _ actual: [Value], _ path: [String], depth: Int
  ) -> String {
    let key = ["name", "type", "key"].first { wanted[$0]?.string != nil }
    let same = key.flatMap { key in
      actual.firstIndex { $0[key]?.string == wanted[key]?.string }
    }
    // Another condition than the one that is wanted tells nothing about it.
    if let near = same ?? (actual.count == 1 && key != "type" ? 0 : nil) {
      var inner = path
      if let last = inner.popLast() { inner.append("\(last)[\(near)]") }
      if let reason = mismatch(wanted, actual[near], inner, depth: depth) { return reason }
    }
    return "\(shown(path)) has nothing like \(brief(wanted))"
  }

  private func isEqual(_ wanted: Value, _ actual: Value, _ path: [String]) -> Bool {
    if wanted == actual { return true }
    if let last = path.last, last == "image", let a = wanted.string, let b = actual.string {
      return ImageName(a) == ImageName(b)
    }
    if isQuantity(path), let a = quantity(wanted), let b = quantity(actual) { return a == b }
    if let a = wanted.number, let b = actual.number { return a == b }
    return plain(wanted) != nil && plain(wanted) == plain(actual)
  }

  /// Whether Kubernetes reads the field as a quantity: 500m is 0.5.
  private func isQuantity(_ path: [String]) -> Bool {
    let holders: Set = [
      "requests", "limits", "capacity", "allocatable", "hard", "used", "min", "max", "default",
      "defaultRequest", "maxLimitRequestRatio",
    ]
    if path.last == "sizeLimit" || path.last == "averageValue" { return true }
    guard let holder = path.dropLast().last else { return false }
    return holders.contains(holder)
  }

  private func quantity(_ value: Value) -> Int128? {
    plain(value).flatMap { try? Quantity($0) }?.nanos
  }

  private func plain(_ value: Value) -> String? {
    switch value {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let truth): "\(truth)"
    case .null, .array, .object: nil
    }
  }

  private func shown(_ path: [String]) -> String {
    path.isEmpty ? "the object" : path.joined(separator: ".")
  }

  private func brief(_ value: Value) -> String {
    let text = JSON.text(value)
    return text.count > 90 ? text.prefix(87) + "…" : text
  }
}
