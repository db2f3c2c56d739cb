/// A compiled pattern over bytes, in time linear in the text unless it has back references.
package final class RegularExpression {
  /// Group 0 is the whole match.
  package struct Match {
    package let groups: [Range<Int>?]
    package let range: Range<Int>
  }

  let groupCount: Int
  /// Named groups of the Perl dialect, in order.
  let names: [(String, Int)]
  /// The bytes, when the pattern is nothing but them.
  let literal: [UInt8]?
  private let code: ExpressionCode
  private let isPerl: Bool
  private let needsBacktracking: Bool
  private let anywhere: LazyAutomaton
  private let anchored: LazyAutomaton
  /// Set when a match needed more steps than allowed.
  private(set) var isExhausted = false

  package init(
    _ pattern: some Sequence<UInt8>, _ syntax: ExpressionSyntax, ignoringCase: Bool = false,
    multiline: Bool = false
  ) throws(ExpressionError) {
    var parser = ExpressionParser(
      Array(pattern), syntax, ignoresCase: ignoringCase, isMultiline: multiline)
    let node = try parser.parse()
    groupCount = parser.groups
    names = parser.names
    literal = node.plainBytes
    code = try ExpressionCode(node, groups: parser.groups)
    isPerl = syntax == .perl
    needsBacktracking = parser.needsBacktracking
    anywhere = LazyAutomaton(code, isAnchored: false)
    anchored = LazyAutomaton(code, isAnchored: true)
  }

  /// Whether some part of `bytes[range]` matches; the range is the whole text to the anchors.
  func contains(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    bytes.withUnsafeBufferPointer { all in
      let text = UnsafeBufferPointer(rebasing: all[range])
      if let literal { return text.firstRange(of: literal, from: 0) != nil }
      if needsBacktracking { return search(text, from: 0, wantsGroups: false) != nil }
      if code.looksAround {
        return ThreadedMatcher(code: code, text: text, wantsLongest: !isPerl).find(from: 0) != nil
      }
      return anywhere.contains(text)
    }
  }

  func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { text in
      if let literal { return text.firstRange(of: literal, from: 0) != nil }
      if needsBacktracking || code.looksAround {
        return search(text, from: 0, wantsGroups: false) != nil
      }
      return anywhere.contains(text)
    }
  }

  /// The leftmost match at or after `from` in `bytes`, by positions in `bytes`.
  func find(in bytes: ArraySlice<UInt8>, from: Int? = nil, wantsGroups: Bool = true) -> Match? {
    let base = bytes.startIndex
    return bytes.withUnsafeBufferPointer { text in
      let start = (from ?? base) - base
      guard start <= text.count else { return nil }
      guard let saves = search(text, from: start, wantsGroups: wantsGroups) else { return nil }
      var groups: [Range<Int>?] = []
      for group in 0...groupCount {
        let slot = 2 * group
        let isSet = slot + 1 < saves.count && saves[slot] >= 0 && saves[slot + 1] >= saves[slot]
        groups.append(isSet ? saves[slot] + base..<saves[slot + 1] + base : nil)
      }
      guard let whole = groups[0] else { return nil }
      return Match(groups: groups, range: whole)
    }
  }

  package func find(in bytes: [UInt8], from: Int = 0) -> Match? { find(in: bytes[...], from: from) }

  private func search(_ text: UnsafeBufferPointer<UInt8>, from: Int, wantsGroups: Bool) -> [Int]? {
    if let literal {
      return text.firstRange(of: literal, from: from).map { [$0.lowerBound, $0.upperBound] }
    }
    if needsBacktracking {
      var matcher = BacktrackingMatcher(code: code, text: text)
      let found = matcher.find(from: from)
      if matcher.isExhausted { isExhausted = true }
      return found
    }
    let simple = !code.looksAround && !isPerl && (!wantsGroups || groupCount == 0)
    if simple {
      var steps = 0
      var start = from
      let budget = 4 * (text.count - from) + 4096
      while start <= text.count, steps < budget {
        if let end = anchored.longest(text, from: start, steps: &steps) { return [start, end] }
        start += 1
        steps += 1
      }
      if start > text.count { return nil }
    } else if from == 0, !code.looksAround, !anywhere.contains(text) {
      return nil
    }
    return ThreadedMatcher(code: code, text: text, wantsLongest: !isPerl).find(from: from)
  }
}

extension UnsafeBufferPointer<UInt8> {
  func firstRange(of wanted: [UInt8], from: Int) -> Range<Int>? {
    guard let first = wanted.first else { return from..<from }
    guard count >= wanted.count else { return nil }
    let last = count - wanted.count
    var index = from
    while index <= last {
      guard self[index] == first else {
        index += 1
        continue
      }
      var length = 1
      while length < wanted.count, self[index + length] == wanted[length] { length += 1 }
      if length == wanted.count { return index..<index + length }
      index += 1
    }
    return nil
  }
}

extension ExpressionNode {
  /// The bytes, when it is nothing but them.
  var plainBytes: [UInt8]? {
    switch self {
    case .literal(let bytes): return bytes
    case .sequence(let nodes):
      var all: [UInt8] = []
      for node in nodes {
        guard case .literal(let bytes) = node else { return nil }
        all += bytes
      }
      return all
    default: return nil
    }
  }
}
