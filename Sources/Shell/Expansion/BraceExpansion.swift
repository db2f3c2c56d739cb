/// `{a,b}` and `{1..5}`: one word becomes several before anything else expands.
enum BraceExpansion {
  static let resultLimit = 1_000_000

  static func expand(_ word: Word) throws -> [Word] {
    let atoms = flatten(word.parts)
    var budget = resultLimit
    guard let results = expand(atoms[...], depth: 0, &budget) else {
      throw HostError.budget("drydock: brace expansion exceeds \(resultLimit) words")
    }
    if results.count == 1 { return [Word(unflatten(results[0]))] }
    return results.map { Word(unflatten($0)) }
  }

  /// A byte of unquoted text, or a part that braces do not look into.
  private enum Atom {
    case byte(UInt8)
    case part(WordPart)
  }

  private static func flatten(_ parts: [WordPart]) -> [Atom] {
    var atoms: [Atom] = []
    for part in parts {
      if case .literal(let text) = part {
        atoms += text.utf8.map(Atom.byte)
      } else {
        atoms.append(.part(part))
      }
    }
    return atoms
  }

  private static func unflatten(_ atoms: [Atom]) -> [WordPart] {
    var parts: [WordPart] = []
    var bytes: [UInt8] = []
    func flush() {
      if !bytes.isEmpty { parts.append(.literal(String(decoding: bytes, as: UTF8.self))) }
      bytes = []
    }
    for atom in atoms {
      switch atom {
      case .byte(let byte): bytes.append(byte)
      case .part(let part):
        flush()
        parts.append(part)
      }
    }
    flush()
    return parts
  }

  private static func expand(_ atoms: ArraySlice<Atom>, depth: Int, _ budget: inout Int)
    -> [[Atom]]?
  {
    if depth > 50 { return [Array(atoms)] }
    guard let brace = firstBrace(in: atoms) else { return [Array(atoms)] }
    var choices: [[Atom]] = []
    switch brace.content {
    case .sequence(let items): choices = items
    case .tooLong: return nil
    case .list(let pieces):
      for piece in pieces {
        guard let expanded = expand(piece, depth: depth + 1, &budget) else { return nil }
        choices += expanded
      }
    }
    guard let tails = expand(atoms[brace.end...], depth: depth + 1, &budget) else { return nil }
    budget -= choices.count * tails.count
    if budget < 0 { return nil }
    let head = atoms[..<brace.start]
    var results: [[Atom]] = []
    results.reserveCapacity(choices.count * tails.count)
    for choice in choices { for tail in tails { results.append(head + choice + tail) } }
    return results
  }

  private enum Content {
    case list([ArraySlice<Atom>])
    case sequence([[Atom]])
    case tooLong
  }

  private static func firstBrace(in atoms: ArraySlice<Atom>) -> (
    start: Int, end: Int, content: Content
  )? {
    for start in atoms.indices {
      guard case .byte(UInt8(ascii: "{")) = atoms[start] else { continue }
      guard let found = content(of: atoms, from: start) else { continue }
      return (start, found.end, found.content)
    }
    return nil
  }

  private static func content(of atoms: ArraySlice<Atom>, from start: Int) -> (
    end: Int, content: Content
  )? {
    var open = 0
    var pieces: [ArraySlice<Atom>] = []
    var pieceStart = start + 1
    for index in start..<atoms.endIndex {
      guard case .byte(let byte) = atoms[index] else { continue }
      switch byte {
      case UInt8(ascii: "{"): open += 1
      case UInt8(ascii: ","):
        if open == 1 {
          pieces.append(atoms[pieceStart..<index])
          pieceStart = index + 1
        }
      case UInt8(ascii: "}"):
        open -= 1
        guard open == 0 else { continue }
        if !pieces.isEmpty {
          return (index + 1, .list(pieces + [atoms[pieceStart..<index]]))
        }
        guard let content = sequence(atoms[(start + 1)..<index]) else { return nil }
        return (index + 1, content)
      default: break
      }
    }
    return nil
  }

  private static func sequence(_ atoms: ArraySlice<Atom>) -> Content? {
    var bytes: [UInt8] = []
    for atom in atoms {
      guard case .byte(let byte) = atom else { return nil }
      bytes.append(byte)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let fields = text.components(splitBy: "..")
    guard fields.count == 2 || fields.count == 3 else { return nil }
    var step = 1
    if fields.count == 3 {
      guard let given = Int(fields[2]) else { return nil }
      step = given == 0 ? 1 : Int(clamping: given.magnitude)
    }
    let items: [String]
    if let first = Int(fields[0]), let last = Int(fields[1]) {
      guard first.magnitude < 1 << 62, last.magnitude < 1 << 62,
        abs(last - first) / step < resultLimit
      else { return .tooLong }
      let width = padding(fields[0], fields[1])
      items = stride(from: first, through: last, by: first <= last ? step : -step)
        .map { padded($0, to: width) }
    } else if fields[0].utf8.count == 1, fields[1].utf8.count == 1,
      let first = fields[0].utf8.first, let last = fields[1].utf8.first,
      first.isNameStart, last.isNameStart
    {
      let by = first <= last ? step : -step
      items = stride(from: Int(first), through: Int(last), by: by)
        .map { String(UnicodeScalar(UInt8($0))) }
    } else {
      return nil
    }
    return .sequence(items.map { $0.utf8.map(Atom.byte) })
  }

  private static func padding(_ first: String, _ last: String) -> Int {
    func isPadded(_ text: String) -> Bool {
      let digits = text.drop { $0 == "-" }
      return digits.count > 1 && digits.first == "0"
    }
    return isPadded(first) || isPadded(last) ? max(first.utf8.count, last.utf8.count) : 0
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(abs(number))
    let sign = number < 0 ? "-" : ""
    let zeros = max(0, width - digits.utf8.count - sign.utf8.count)
    return sign + String(repeating: "0", count: zeros) + digits
  }
}

extension String {
  func components(splitBy separator: String) -> [String] {
    var parts: [String] = []
    var current: [UInt8] = []
    let bytes = Array(utf8)
    let mark = Array(separator.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: mark) {
        parts.append(String(decoding: current, as: UTF8.self))
        current = []
        index += mark.count
      } else {
        current.append(bytes[index])
        index += 1
      }
    }
    return parts + [String(decoding: current, as: UTF8.self)]
  }
}
