/// Tables with commas (RFC 4180), as spreadsheets and learning platforms write and read them.
package enum CSV {
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func cell(_ text: String) -> String {
    var text = text
    // A spreadsheet would run a name that begins so as a formula.
    if let first = text.first, "=+-@\t\r".contains(first) { text = "'" + text }
    let special: Set<UInt8> = [0x22, 0x2C, 0x0D, 0x0A]
    guard text.utf8.contains(where: special.contains) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// Reads rows of cells; quotes, line ends of any kind and a byte order mark are understood.
  package static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    let bytes = Array(text.utf8.drop { [0xEF, 0xBB, 0xBF].contains($0) })
    func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    func endRow() {
      if !row.isEmpty || !cell.isEmpty || wasQuoted { rows.append(row + [string(cell)]) }
      (row, cell, wasQuoted) = ([], [], false)
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        if index < bytes.count, bytes[index] == byte {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      case _ where isQuoted: cell.append(byte)
      case UInt8(ascii: "\"") where cell.isEmpty: (isQuoted, wasQuoted) = (true, true)
      case UInt8(ascii: ","):
        row.append(string(cell))
        (cell, wasQuoted) = ([], false)
      case 0x0D where index < bytes.count && bytes[index] == 0x0A: break
      case 0x0A, 0x0D: endRow()
      default: cell.append(byte)
      }
    }
    endRow()
    return rows
  }
}
