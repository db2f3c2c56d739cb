import Documents
import KubeObjects

extension GoStructure {
  /// What changed between two values of a structure, as upstream appends it to refusals: a unified
  /// difference of their indented JSON.
  static func difference(_ structure: GoStructure, old: Value, new: Value) -> String {
    let (before, after) = (lines(structure.printed(old)), lines(structure.printed(new)))
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var marks: [(mark: Character, text: String, old: Int, new: Int)] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if i < before.count, removed.contains(i) {
        marks.append(("-", before[i], i, j))
        i += 1
      } else if j < after.count, added.contains(j) {
        marks.append(("+", after[j], i, j))
        j += 1
      } else {
        guard i < before.count, j < after.count else { break }
        marks.append((" ", before[i], i, j))
        i += 1
        j += 1
      }
    }
    return hunks(marks)
  }

  private static func hunks(
    _ marks: [(mark: Character, text: String, old: Int, new: Int)]
  ) -> String {
    var out = ""
    var index = 0
    while let first = marks[index...].firstIndex(where: { $0.mark != " " }) {
      var last = first
      var position = first
      // Changes less than seven lines apart share their surroundings.
      while position < marks.count, position - last <= 6 {
        if marks[position].mark != " " { last = position }
        position += 1
      }
      let hunk = marks[max(index, first - 3)..<min(marks.count, last + 4)]
      guard let start = hunk.first else { break }
      let olds = hunk.count { $0.mark != "+" }
      let news = hunk.count { $0.mark != "-" }
      out += "@@ -\(start.old + 1),\(olds) +\(start.new + 1),\(news) @@\n"
      for line in hunk { out += "\(line.mark)\(line.text)\n" }
      index = hunk.endIndex
    }
    return out
  }

  /// Compact JSON as Go indents it by one blank.
  static func lines(_ compact: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    let scalars = Array(compact.unicodeScalars)
    func indent() -> String { String(repeating: " ", count: depth) }
    for (index, scalar) in scalars.enumerated() {
      if isQuoted {
        line.unicodeScalars.append(scalar)
        if isEscaped {
          isEscaped = false
        } else if scalar == "\\" {
          isEscaped = true
        } else if scalar
          == "\""
        {
          isQuoted = false
        }
        continue
      }
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      let previous = index > 0 ? scalars[index - 1] : " "
      switch scalar {
      case "{", "[":
        line.unicodeScalars.append(scalar)
        if next != "}" && next != "]" {
          depth += 1
          lines.append(line)
          line = indent()
        }
      case "}", "]":
        if previous != "{" && previous != "[" {
          depth -= 1
          lines.append(line)
          line = indent()
        }
        line.unicodeScalars.append(scalar)
      case ",":
        lines.append(line + ",")
        line = indent()
      case ":": line += ": "
      default:
        isQuoted = scalar == "\""
        line.unicodeScalars.append(scalar)
      }
    }
    return lines + [line]
  }
}
