/// What a terminal's driver makes of keys: lines, their echo, and the keys that mean something.
struct LineDiscipline {
  enum Effect: Equatable {
    case line([UInt8])
    case echo([UInt8])
    case interrupt, end
  }

  private var line: [UInt8] = []
  private static let longestLine = 4095

  mutating func take(_ keys: [UInt8]) -> [Effect] {
    var effects: [Effect] = []
    for key in keys {
      switch key {
      case 0x03:
        line = []
        effects += [.echo(Array("^C\r\n".utf8)), .interrupt]
      case 0x04:
        if line.isEmpty { effects.append(.end) } else { effects.append(.line(line)) }
        line = []
      case 0x08, 0x7F: if erase() { effects.append(.echo(Self.rubOut)) }
      case 0x15: while erase() { effects.append(.echo(Self.rubOut)) }
      case 0x17: eraseWord(&effects)
      case 0x0D, 0x0A:
        effects += [.echo([0x0D, 0x0A]), .line(line + [0x0A])]
        line = []
      case 0x09, 0x20...0x7E, 0x80...0xFF:
        guard line.count < Self.longestLine else { continue }
        line.append(key)
        effects.append(.echo([key]))
      default: break  // an arrow's escape or a control key means nothing to a plain line
      }
    }
    return effects
  }

  private static let rubOut: [UInt8] = [0x08, 0x20, 0x08]

  private mutating func erase() -> Bool {
    guard line.popLast() != nil else { return false }
    return true
  }

  private mutating func eraseWord(_ effects: inout [Effect]) {
    while line.last == 0x20, erase() { effects.append(.echo(Self.rubOut)) }
    while let last = line.last, last != 0x20, erase() { effects.append(.echo(Self.rubOut)) }
  }
}
