import Shell
import Simulation

/// Compares files line by line: `diff`.
struct Difference: Program {
  let name = "diff"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "u U,unified= q,brief i,ignore-case w,ignore-all-space b B N,new-file r,recursive s label= "
        + "color? strip-trailing-cr a,text y,side-by-side W,width= suppress-common-lines "
        + "left-column t,expand-tabs", status: 2)
    guard options.operands.count == 2 else {
      throw UsageError("missing operand after '\(options.operands.last ?? "diff")'", status: 2)
    }
    return try await DifferenceRun(process: process, options: options).run()
  }
}

/// One run of diff.
private struct DifferenceRun {
  let process: Process
  let options: Options

  func run() async throws -> ExitStatus {
    var (old, new) = (options.operands[0], options.operands[1])
    switch (isFolder(old), isFolder(new)) {
    case (true, true): return try await folders(old, new, depth: 0)
    // A file and a folder: the file of that name in it.
    case (true, false): old = Self.path(old, Self.name(new))
    case (false, true): new = Self.path(new, Self.name(old))
    case (false, false): break
    }
    return try await files(old, new, title: "")
  }

  private func isFolder(_ path: String) -> Bool {
    path != "-" && process.status(path)?.kind == .directory
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  private func folders(_ old: String, _ new: String, depth: Int) async throws -> ExitStatus {
    let (left, right) = (Set(try process.names(in: old)), Set(try process.names(in: new)))
    var status: ExitStatus = 0
    for name in left.union(right).sorted() {
      let (a, b) = (Self.path(old, name), Self.path(new, name))
      let isOnBoth = left.contains(name) && right.contains(name)
      if !isOnBoth, !options.has("N") || isFolder(left.contains(name) ? a : b) {
        try await process.write("Only in \(left.contains(name) ? old : new): \(name)\n")
        status = max(status, 1)
        continue
      }
      switch (isFolder(a), isFolder(b)) {
      case (true, true) where options.has("r") && depth < 200:
        status = max(status, try await folders(a, b, depth: depth + 1))
      case (true, true): try await process.write("Common subdirectories: \(a) and \(b)\n")
      case (false, false):
        let words = process.arguments.filter { $0.hasPrefix("-") }
        let title =
          process.isBusyBox ? "" : (["diff"] + words + [a, b]).joined(separator: " ") + "\n"
        status = max(status, try await files(a, b, title: title))
      case (let isFirst, _):
        let (folder, file) = (" is a directory while file ", " is a regular file while file ")
        try await process.write(
          "File \(a)\(isFirst ? folder : file)\(b) is a "
            + (isFirst ? "regular file\n" : "directory\n"))
        status = max(status, 1)
      }
    }
    return status
  }

  /// `title` goes before what differs.
  private func files(_ old: String, _ new: String, title: String) async throws -> ExitStatus {
    var texts: [[ArraySlice<UInt8>]] = []
    // Whether their last lines end as lines do.
    var areWhole: [Bool] = []
    for path in [old, new] {
      do {
        let bytes = try await process.contents(of: path)
        texts.append(lines(of: bytes))
        areWhole.append(bytes.last == .newline)
      } catch let error as HostError
        where !error.isBudget
      {
        if error == .notFound, options.has("N") {
          texts.append([])
          areWhole.append(true)
          continue
        }
        try await process.complain(
          "\(path): \(error.text)", busyBox: "can't stat '\(path)': \(error.text)")
        return 2
      }
    }
    func key(_ line: ArraySlice<UInt8>) -> [UInt8] {
      let kept = options.has("w") ? line.filter { !$0.isSpace } : Array(line)
      return options.has("i") ? kept.map(\.lowered) : kept
    }
    let changes = try LineChanges(texts[0].map(key), texts[1].map(key)).changes
    if options.has("y") {
      let table = SideBySide(options, areWhole: areWhole)
      let out = table.text(changes, texts[0], texts[1])
      if !changes.isEmpty { try await process.write(Array(title.utf8)) }
      try await process.write(out)
      return changes.isEmpty ? 0 : 1
    }
    if changes.isEmpty { return 0 }
    if options.has("q") {
      try await process.write("Files \(old) and \(new) differ\n")
      return 1
    }
    let isUnified = options.has("u") || options.has("U") || process.isBusyBox
    let labels = options.values("label")
    func label(_ index: Int, _ path: String) -> String {
      if index < labels.count { return labels[index] }
      // BusyBox tells no time.
      if process.isBusyBox { return path }
      let modified = process.status(path)?.modified ?? 0
      let stamp = Calendar(.init(nanoseconds: modified)).formatted("%Y-%m-%d %H:%M:%S.%N %z")
      return "\(path)\t\(stamp)"
    }
    let around = options["U"].flatMap { Int($0) } ?? 3
    var out = Array(title.utf8)
    if isUnified { out += Array("--- \(label(0, old))\n+++ \(label(1, new))\n".utf8) }
    out +=
      isUnified
      ? Self.unified(changes, texts[0], texts[1], max(0, around))
      : Self.plain(changes, texts[0], texts[1])
    try await process.write(out)
    return 1
  }

  private static func plain(
    _ changes: [LineChanges.Change], _ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>]
  ) -> [UInt8] {
    func span(_ range: Range<Int>) -> String {
      range.isEmpty
        ? "\(range.lowerBound)"
        : range.count == 1 ? "\(range.upperBound)" : "\(range.lowerBound + 1),\(range.upperBound)"
    }
    var out: [UInt8] = []
    for change in changes {
      let letter = change.old.isEmpty ? "a" : change.new.isEmpty ? "d" : "c"
      out += Array("\(span(change.old))\(letter)\(span(change.new))\n".utf8)
      for line in a[change.old] { out += Array("< ".utf8) + line + [.newline] }
      if letter == "c" { out += Array("---\n".utf8) }
      for line in b[change.new] { out += Array("> ".utf8) + line + [.newline] }
    }
    return out
  }

  private static func unified(
    _ changes: [LineChanges.Change], _ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>],
    _ around: Int
  ) -> [UInt8] {
    func span(_ start: Int, _ count: Int) -> String {
      count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }
    var out: [UInt8] = []
    var index = 0
    while index < changes.count {
      var last = index
      while last + 1 < changes.count,
        changes[last + 1].old.lowerBound - changes[last].old.upperBound <= 2 * around
      { last += 1 }
      let from = max(0, changes[index].old.lowerBound - around)
      let to = min(a.count, changes[last].old.upperBound + around)
      let newFrom = changes[index].new.lowerBound - (changes[index].old.lowerBound - from)
      let newTo = changes[last].new.upperBound + (to - changes[last].old.upperBound)
      out += Array("@@ -\(span(from, to - from)) +\(span(newFrom, newTo - newFrom)) @@\n".utf8)
      var place = from
      for change in changes[index...last] {
        for line in a[place..<change.old.lowerBound] { out += [.blank] + line + [.newline] }
        for line in a[change.old] { out += [45] + line + [.newline] }
        for line in b[change.new] { out += [43] + line + [.newline] }
        place = change.old.upperBound
      }
      for line in a[place..<to] { out += [.blank] + line + [.newline] }
      index = last + 1
    }
    return out
  }
}

/// The shortest list of changes from one list of lines to another.
struct LineChanges {
  struct Change: Hashable {
    var old: Range<Int>
    var new: Range<Int>
  }

  private(set) var changes: [Change] = []

  /// Myers' greedy algorithm between the common ends; throws when the texts differ too much.
  init(_ a: [[UInt8]], _ b: [[UInt8]]) throws {
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] {
      end += 1
    }
    let (n, m) = (a.count - start - end, b.count - start - end)
    if n == 0, m == 0 { return }
    var furthest = [1: 0]
    var history: [[Int: Int]] = []
    search: for distance in 0...(n + m) {
      guard distance < 4000 else {
        changes = [Change(old: start..<start + n, new: start..<start + m)]
        return
      }
      history.append(furthest)
      for diagonal in stride(from: -distance, through: distance, by: 2) {
        let (down, right) = (furthest[diagonal + 1] ?? -1, furthest[diagonal - 1] ?? -1)
        var x = diagonal == -distance || (diagonal != distance && right < down) ? down : right + 1
        while x < n, x - diagonal < m, a[start + x] == b[start + x - diagonal] { x += 1 }
        furthest[diagonal] = x
        if x >= n, x - diagonal >= m { break search }
      }
    }
    trace(history, n, m, start)
  }

  private mutating func trace(_ history: [[Int: Int]], _ n: Int, _ m: Int, _ start: Int) {
    var (x, y) = (n, m)
    var steps: [Change] = []
    for (distance, furthest) in history.enumerated().reversed() where distance > 0 {
      let diagonal = x - y
      let (down, right) = (furthest[diagonal + 1] ?? -1, furthest[diagonal - 1] ?? -1)
      let isDown = diagonal == -distance || (diagonal != distance && right < down)
      let fromX = isDown ? down : right
      let fromY = fromX - (isDown ? diagonal + 1 : diagonal - 1)
      let (oldX, newY) = (start + fromX, start + fromY)
      steps.append(
        isDown
          ? Change(old: oldX..<oldX, new: newY..<newY + 1)
          : Change(old: oldX..<oldX + 1, new: newY..<newY))
      (x, y) = (fromX, fromY)
    }
    for step in steps.reversed() {
      if let last = changes.last, last.old.upperBound == step.old.lowerBound,
        last.new.upperBound == step.new.lowerBound
      {
        changes[changes.count - 1].old = last.old.lowerBound..<step.old.upperBound
        changes[changes.count - 1].new = last.new.lowerBound..<step.new.upperBound
      } else {
        changes.append(step)
      }
    }
  }
}
