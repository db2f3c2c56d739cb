/// The bodies of a file of recordings as they were sent: a parsed tree forgets the order of
/// members, which some answers tell.
enum SentBodies {
  /// For each case the text of each step's body, nil where it is no object or array.
  static func read(_ bytes: [UInt8]) -> [[String?]] {
    var cases: [[String?]] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: Array(" {\"name\"".utf8)) {
        cases.append([])
      } else if line.starts(with: Array("  {".utf8)), !cases.isEmpty {
        cases[cases.count - 1].append(body(of: Array(line)))
      }
    }
    return cases
  }

  private static func body(of line: [UInt8]) -> String? {
    let key = Array("\"body\": ".utf8)
    var depth = 0
    var start: Int?
    var index = 0
    while index < line.count {
      switch line[index] {
      case UInt8(ascii: "\""):
        if depth == 1, start == nil, line[index...].starts(with: key) {
          let first = index + key.count
          guard first < line.count, line[first] == UInt8(ascii: "{") || line[first] == 0x5B else {
            return nil
          }
          start = first
          index = first
          continue
        }
        index = endOfText(line, from: index)
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 1, let start {
          return String(decoding: line[start...index], as: UTF8.self)
        }
      default: break
      }
      index += 1
    }
    return nil
  }

  private static func endOfText(_ line: [UInt8], from quote: Int) -> Int {
    var index = quote + 1
    while index < line.count, line[index] != UInt8(ascii: "\"") {
      index += line[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
  }
}
