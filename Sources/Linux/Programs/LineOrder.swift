import Shell

/// The order that `sort` was asked for.
struct LineOrder {
  enum Kind { case bytes, numeric, general, human, version, month }

  struct Key {
    var from = (field: 1, character: 1)
    var to: (field: Int, character: Int)?
    var kind = Kind.bytes
    var isReversed = false
    var foldsCase = false
    var skipsBlanks = false
    var isDictionary = false
  }

  enum Part {
    case bytes([UInt8])
    case number(Double)
    case version([UInt8])
  }

  private let keys: [Key]
  private let whole: Key
  private let separator: UInt8?
  private let isStable: Bool

  init(_ options: Options) throws {
    var whole = Key()
    for (name, _) in options.given { Self.apply(name, to: &whole) }
    self.whole = whole
    if let text = options["t"] {
      guard let byte = text == "\\0" ? 0 : text.utf8.first, text.utf8.count == 1 || text == "\\0"
      else {
        throw UsageError(
          text.isEmpty ? "empty tab" : "multi-character tab '\(text)'", hint: false, status: 2)
      }
      separator = byte
    } else {
      separator = nil
    }
    var keys: [Key] = []
    for text in options.values("k") { keys.append(try Self.key(text, whole)) }
    self.keys = keys
    isStable = options.has("s") || options.has("u")
  }

  private static func apply(_ letter: String, to key: inout Key) {
    switch letter {
    case "n": key.kind = .numeric
    case "g": key.kind = .general
    case "h": key.kind = .human
    case "V": key.kind = .version
    case "M": key.kind = .month
    case "r": key.isReversed = true
    case "f": key.foldsCase = true
    case "b": key.skipsBlanks = true
    case "d": key.isDictionary = true
    default: break
    }
  }

  private static func key(_ text: String, _ whole: Key) throws -> Key {
    var key = Key()
    var hasLetters = false
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let place = part.prefix { $0.isNumber || $0 == "." }
      let numbers = place.split(separator: ".").map { Int($0) ?? 0 }
      guard let field = numbers.first else {
        throw UsageError(
          "invalid number at field start: invalid count at start of '\(text)'", hint: false,
          status: 2)
      }
      guard field > 0 else {
        throw UsageError(
          "-: invalid field specification '\(text)': field number is zero", hint: false, status: 2)
      }
      let character = numbers.dropFirst().first
      if index == 0 {
        key.from = (field, max(1, character ?? 1))
      } else {
        key.to = (field, character ?? 0)
      }
      for letter in part.dropFirst(place.count) {
        hasLetters = true
        apply(String(letter), to: &key)
      }
    }
    if !hasLetters {
      key.kind = whole.kind
      key.isReversed = whole.isReversed
      key.foldsCase = whole.foldsCase
      key.skipsBlanks = whole.skipsBlanks
      key.isDictionary = whole.isDictionary
    }
    return key
  }

  func keys(of line: ArraySlice<UInt8>) -> [Part] {
    if keys.isEmpty {
      if whole.kind == .bytes, !whole.foldsCase, !whole.skipsBlanks, !whole.isDictionary {
        return []
      }
      return [part(line, whole)]
    }
    return keys.map { part(extract($0, line), $0) }
  }

  private func extract(_ key: Key, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func fieldStart(_ field: Int) -> Int {
      var index = line.startIndex
      for _ in 1..<max(1, field) where index < line.endIndex {
        if let separator {
          index = (line[index...].firstIndex(of: separator) ?? line.endIndex - 1) + 1
        } else {
          while index < line.endIndex, line[index].isBlank { index += 1 }
          while index < line.endIndex, !line[index].isBlank { index += 1 }
        }
      }
      return index
    }
    func fieldEnd(_ start: Int) -> Int {
      var index = start
      if let separator { return line[index...].firstIndex(of: separator) ?? line.endIndex }
      while index < line.endIndex, line[index].isBlank { index += 1 }
      while index < line.endIndex, !line[index].isBlank { index += 1 }
      return index
    }
    func skipped(_ index: Int) -> Int {
      var index = index
      if key.skipsBlanks || key.kind != .bytes {
        while index < line.endIndex, line[index].isBlank { index += 1 }
      }
      return index
    }
    let start = min(line.endIndex, skipped(fieldStart(key.from.field)) + key.from.character - 1)
    guard let to = key.to else { return line[start...] }
    let last = fieldStart(to.field)
    let end = to.character == 0 ? fieldEnd(last) : min(line.endIndex, skipped(last) + to.character)
    return line[start..<max(start, end)]
  }

  private func part(_ text: ArraySlice<UInt8>, _ key: Key) -> Part {
    var text = text
    switch key.kind {
    case .numeric, .human: return .number(NumberText.leading(text, isHuman: key.kind == .human))
    case .general:
      return .number(
        Double(
          String(decoding: text, as: UTF8.self)
            .split(separator: " ").first ?? "") ?? -.infinity)
    case .version: return .version(Array(text))
    case .month:
      let name = String(decoding: text.drop { $0.isBlank }.prefix(3), as: UTF8.self).lowercased()
      let index = Calendar.months.firstIndex { $0.lowercased().hasPrefix(name) && name.count == 3 }
      return .number(Double(index.map { $0 + 1 } ?? 0))
    case .bytes:
      if key.skipsBlanks { text = text.drop { $0.isBlank } }
      var bytes = Array(text)
      if key.isDictionary { bytes.removeAll { !($0.isLetter || $0.isDigit || $0.isBlank) } }
      return .bytes(key.foldsCase ? bytes.map(\.raised) : bytes)
    }
  }

  typealias Keyed = (line: ArraySlice<UInt8>, keys: [Part])

  /// Negative when `a` comes first.
  func compare(_ a: Keyed, _ b: Keyed) -> Int {
    for index in a.keys.indices where index < b.keys.count {
      let way = compare(a.keys[index], b.keys[index])
      if way != 0 { return isReversed(index) ? -way : way }
    }
    if isStable, !a.keys.isEmpty { return 0 }
    let way = Self.bytes(a.line, b.line)
    return whole.isReversed ? -way : way
  }

  private func isReversed(_ index: Int) -> Bool {
    keys.isEmpty ? whole.isReversed : keys[index].isReversed
  }

  func isEqual(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    let left = keys(of: a)
    if left.isEmpty { return a == b }
    return zip(left, keys(of: b)).allSatisfy { compare($0, $1) == 0 }
  }

  private func compare(_ a: Part, _ b: Part) -> Int {
    switch (a, b) {
    case (.bytes(let a), .bytes(let b)): Self.bytes(a, b)
    case (.number(let a), .number(let b)): a < b ? -1 : a > b ? 1 : 0
    case (.version(let a), .version(let b)): Self.versions(a, b)
    default: 0
    }
  }

  private static func bytes(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
    var left = a.makeIterator()
    var right = b.makeIterator()
    while true {
      switch (left.next(), right.next()) {
      case (let x?, let y?): if x != y { return x < y ? -1 : 1 }
      case (nil, nil): return 0
      case (nil, _): return -1
      case (_, nil): return 1
      }
    }
  }

  private static func versions(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let left = a[i...].prefix { !$0.isDigit }
      let right = b[j...].prefix { !$0.isDigit }
      let way = bytes(left, right)
      if way != 0 { return way }
      (i, j) = (i + left.count, j + right.count)
      let x = a[i...].prefix(while: \.isDigit)
      let y = b[j...].prefix(while: \.isDigit)
      (i, j) = (i + x.count, j + y.count)
      let (p, q) = (x.drop { $0 == 48 }, y.drop { $0 == 48 })
      if p.count != q.count { return p.count < q.count ? -1 : 1 }
      let number = bytes(p, q)
      if number != 0 { return number }
    }
    return 0
  }
}

/// Numbers at the beginnings of texts.
enum NumberText {
  /// As `sort -n` and, with K, M, G …, `sort -h` read it; 0 when there is none.
  static func leading(_ text: ArraySlice<UInt8>, isHuman: Bool = false) -> Double {
    var rest = text.drop { $0.isBlank }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    var value = 0.0
    while let byte = rest.first, byte.isDigit {
      value = value * 10 + Double(byte - 48)
      rest = rest.dropFirst()
    }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      var scale = 0.1
      while let byte = rest.first, byte.isDigit {
        value += Double(byte - 48) * scale
        scale /= 10
        rest = rest.dropFirst()
      }
    }
    if isHuman, let unit = rest.first, let power = Array("KMGTPE".utf8).firstIndex(of: unit.raised)
    {
      // GNU compares the units first; a factor above any number that people write does that.
      for _ in 0...power { value *= 1e6 }
    }
    return isNegative ? -value : value
  }
}
