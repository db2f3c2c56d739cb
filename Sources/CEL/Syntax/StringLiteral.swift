/// What a quoted text of the source stands for.
enum StringLiteral {
  /// The scalars of a text, or the bytes of a bytes literal; nil when it is malformed.
  static func text(_ literal: String) -> String? {
    guard let (scalars, isRaw) = inner(literal) else { return nil }
    if isRaw {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
    var view = String.UnicodeScalarView()
    for unit in units(scalars) {
      guard let scalar = Unicode.Scalar(unit.value) else { return nil }
      view.append(scalar)
    }
    return String(view)
  }

  static func bytes(_ literal: String) -> [UInt8]? {
    guard let (scalars, isRaw) = inner(literal) else { return nil }
    if isRaw { return scalars.flatMap { Array(String($0).utf8) } }
    return units(scalars).flatMap { unit -> [UInt8] in
      if unit.isByte { return [UInt8(truncatingIfNeeded: unit.value)] }
      return Unicode.Scalar(unit.value).map { Array(String($0).utf8) } ?? []
    }
  }

  private static func inner(_ literal: String) -> ([Unicode.Scalar], isRaw: Bool)? {
    var scalars = Array(literal.unicodeScalars)
    var isRaw = false
    while let first = scalars.first, first != "'", first != "\"" {
      if first == "r" || first == "R" { isRaw = true }
      scalars.removeFirst()
    }
    guard let quote = scalars.first, scalars.count >= 2 else { return nil }
    let isTriple = scalars.count >= 6 && scalars[1] == quote && scalars[2] == quote
    let width = isTriple ? 3 : 1
    return (Array(scalars[width..<(scalars.count - width)]), isRaw)
  }

  private struct Unit {
    var value: UInt32
    var isByte = false
  }

  private static let short: [Unicode.Scalar: UInt32] = [
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11,
  ]

  private static func units(_ scalars: [Unicode.Scalar]) -> [Unit] {
    var units: [Unit] = []
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      guard scalar == "\\", index + 1 < scalars.count else {
        // Line ends are read as one character.
        if scalar == "\r" {
          units.append(Unit(value: 10))
          if index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
        } else {
          units.append(Unit(value: scalar.value))
        }
        index += 1
        continue
      }
      let kind = scalars[index + 1]
      let (start, count, radix): (Int, Int, Int) =
        switch kind {
        case "x", "X": (index + 2, 2, 16)
        case "u": (index + 2, 4, 16)
        case "U": (index + 2, 8, 16)
        case "0"..."3": (index + 1, 3, 8)
        default: (index + 2, 0, 10)
        }
      if count == 0 {
        units.append(Unit(value: short[kind] ?? kind.value))
      } else {
        let end = min(start + count, scalars.count)
        let digits = scalars[start..<end].map { String($0) }.joined()
        units.append(
          Unit(value: UInt32(digits, radix: radix) ?? 0xFFFD, isByte: kind != "u" && kind != "U"))
      }
      index = start + count
    }
    return units
  }
}
