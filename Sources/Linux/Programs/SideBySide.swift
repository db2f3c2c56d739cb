/// Two texts in two columns, as `diff -y` draws them.
struct SideBySide {
  private let half: Int
  private let second: Int
  private let showsCommon: Bool
  private let leavesRightOut: Bool
  private let expandsTabs: Bool
  private let areWhole: [Bool]

  /// GNU diff's rule: half a line and the gutter are a whole number of tabs, the gutter at least
  /// three columns.
  init(_ options: Options, areWhole: [Bool]) {
    self.areWhole = areWhole
    expandsTabs = options.has("t")
    showsCommon = !options.has("suppress-common-lines")
    leavesRightOut = options.has("left-column")
    let width = min(max(1, options["W"].flatMap { Int($0) } ?? 130), 10_000)
    let tab = expandsTabs ? 1 : 8
    let gutter = 3
    let raw = width / 2 + (tab + gutter) / 2 + (width & (tab + gutter) & 1)
    let offset = raw - raw % tab
    half = max(0, min(offset - gutter, width - offset))
    second = half > 0 ? offset : width
  }

  func text(
    _ changes: [LineChanges.Change], _ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>]
  ) -> [UInt8] {
    var out: [UInt8] = []
    var (old, new) = (0, 0)
    func common(upTo end: Int) {
      while old < min(end, a.count), new < b.count {
        if showsCommon {
          row(a[old], leavesRightOut ? "(" : " ", leavesRightOut ? nil : b[new], &out)
        }
        old += 1
        new += 1
      }
    }
    for change in changes {
      common(upTo: change.old.lowerBound)
      let pairs = min(change.old.count, change.new.count)
      for index in 0..<pairs {
        let (one, other) = (change.old.lowerBound + index, change.new.lowerBound + index)
        // A line alone that lacks its end is marked.
        let isWhole = areWhole[0] || one + 1 < a.count
        let mark: Character =
          isWhole == (areWhole[1] || other + 1 < b.count) ? "|" : isWhole ? "/" : "\\"
        row(a[one], mark, b[other], &out)
      }
      for line in a[change.old].dropFirst(pairs) { row(line, "<", nil, &out) }
      for line in b[change.new].dropFirst(pairs) { row(nil, ">", line, &out) }
      (old, new) = (change.old.upperBound, change.new.upperBound)
    }
    common(upTo: a.count)
    return out
  }

  private func row(
    _ left: ArraySlice<UInt8>?, _ mark: Character, _ right: ArraySlice<UInt8>?,
    _ out: inout [UInt8]
  ) {
    var column = left.map { put($0, from: 0, &out) } ?? 0
    if mark != " " {
      column = fill(from: column, to: (half + second - 1) / 2, &out) + 1
      out += Array(String(mark).utf8)
    }
    if let right, !right.isEmpty {
      column = fill(from: column, to: second, &out)
      _ = put(right, from: column, &out)
    }
    out.append(.newline)
  }

  /// Blank columns, in tabs where they may be.
  private func fill(from start: Int, to end: Int, _ out: inout [UInt8]) -> Int {
    var place = start
    if !expandsTabs {
      while place + 8 - place % 8 <= end {
        out.append(.tab)
        place += 8 - place % 8
      }
    }
    while place < end {
      out.append(.blank)
      place += 1
    }
    return max(start, end)
  }

  /// As much of a line as half the width holds; the column after it.
  private func put(_ line: ArraySlice<UInt8>, from start: Int, _ out: inout [UInt8]) -> Int {
    var used = 0
    for character in String(decoding: line, as: UTF8.self) {
      if character == "\t" {
        let next = used + 8 - used % 8
        if next >= half { break }
        if expandsTabs || start % 8 != 0 {
          out += [UInt8](repeating: .blank, count: next - used)
        } else {
          out.append(.tab)
        }
        used = next
        continue
      }
      if used + 1 > half { break }
      out += Array(String(character).utf8)
      used += 1
    }
    return start + used
  }
}
