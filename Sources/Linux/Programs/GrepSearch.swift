import Shell

/// Walks the files of a grep and prints what it selects.
struct GrepSearch {
  let process: Process
  let options: Options
  let matcher: LineMatcher
  var showsNames = false
  var found = false
  var failed = false
  private let before: Int
  private let after: Int
  private let limit: Int
  private let colors: Bool
  private let isPlainLiteral: [UInt8]?

  init(_ process: Process, _ options: Options, _ matcher: LineMatcher) throws {
    self.process = process
    self.options = options
    self.matcher = matcher
    func count(_ name: String) throws -> Int? {
      guard let text = options[name] else { return nil }
      guard let value = Int(text), value >= 0 else {
        throw UsageError("\(text): invalid context length argument", hint: false, status: 2)
      }
      return value
    }
    let around = try count("C")
    before = try count("B") ?? around ?? 0
    after = try count("A") ?? around ?? 0
    limit = options["m"].flatMap { Int($0) }.map { $0 < 0 ? .max : $0 } ?? .max
    let color = options.has("color") ? options["color"] ?? "auto" : "never"
    colors = color == "always" || (color == "auto" && process.standardOutput.isTerminal)
    let plain = matcher.expressions.count == 1 ? matcher.expressions[0].literal : nil
    let simple = !matcher.inverts && !matcher.wholeWords && !options.has("z")
    isPlainLiteral =
      simple && plain?.isEmpty == false && plain?.contains(.newline) == false
      ? plain : nil
  }

  mutating func search(_ path: String, isGiven: Bool, depth: Int) async throws {
    if path != "-", process.status(path)?.kind == .directory {
      guard options.has("r") || options.has("R") else {
        if !process.isBusyBox { try await process.complain("\(path): Is a directory") }
        return
      }
      guard depth < 200 else { return }
      let names: [String]
      do { names = try process.names(in: path) } catch {
        try await complain(path, error)
        return
      }
      for name in names {
        let below =
          !isGiven && depth == 0 ? name : path.hasSuffix("/") ? path + name : "\(path)/\(name)"
        let kind = process.status(below, followingLinks: false)?.kind
        if kind == .link, !options.has("R") { continue }
        if kind == .directory,
          options.values("exclude-dir").contains(where: { Glob($0).matches(name) })
        {
          continue
        }
        try await search(below, isGiven: true, depth: depth + 1)
        if options.has("q"), found { return }
      }
      return
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if depth > 0 {
      let included = options.values("include")
      if !included.isEmpty, !included.contains(where: { Glob($0).matches(name) }) { return }
      if options.values("exclude").contains(where: { Glob($0).matches(name) }) { return }
    }
    do {
      if path == "-" {
        try await search(process.standardInput, named: "(standard input)")
      } else {
        let file = try process.open(path)
        defer { file.release() }
        try await search(file, named: path)
      }
    } catch let error as HostError where error != .brokenPipe && !error.isBudget {
      try await complain(path, error)
    }
  }

  private mutating func complain(_ path: String, _ error: HostError) async throws {
    failed = true
    if !options.has("s") { try await process.complain("\(path): \(error.text)") }
  }

  private mutating func search(_ file: any OpenFile, named name: String) async throws {
    let separator: UInt8 = options.has("z") ? 0 : .newline
    let reader = LineReader(file, process, separator: separator)
    var state = GrepOutput(
      name: name, showsName: showsNames, options: options, matcher: matcher, before: before,
      after: after, colors: colors, separator: separator)
    let isQuiet = options.has("q") || options.has("l") || options.has("L")
    read: while let chunk = try await reader.next() {
      if let literal = isPlainLiteral, before == 0, after == 0, !options.has("o"),
        !options.has("n"),
        !options.has("b"), !colors, limit == .max
      {
        state.scan(chunk, for: literal)
        if state.selected > 0, isQuiet { break read }
      } else {
        var start = 0
        while start < chunk.count {
          let end = chunk[start...].firstIndex(of: separator) ?? chunk.count
          state.take(chunk[start..<end])
          start = end + 1
          if state.selected >= limit {
            if state.selected > 0, after == 0 || state.pendingAfter == 0 { break read }
          }
          if isQuiet, state.selected > 0 { break read }
        }
      }
      if !isQuiet, !options.has("c") { try await process.write(state.flush()) }
    }
    if !isQuiet, !options.has("c") { try await process.write(state.flush()) }
    if state.selected > 0 { found = true }
    try await summarize(state, name)
  }

  private mutating func summarize(_ state: GrepOutput, _ name: String) async throws {
    if options.has("q") { return }
    let end = options.has("Z") ? "\0" : "\n"
    if options.has("l") {
      if state.selected > 0 { try await process.write(name + end) }
    } else if options.has("L") {
      if state.selected == 0 {
        try await process.write(name + end)
        found = true
      }
    } else if options.has("c") {
      try await process.write((showsNames ? "\(name):" : "") + "\(state.selected)\n")
    }
  }
}
