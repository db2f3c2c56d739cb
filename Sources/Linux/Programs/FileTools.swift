import Shell

/// Draws a folder as a tree: `tree`.
struct Tree: Program {
  let name = "tree"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "a d L= f F p s h noreport dirsfirst I= i C n")
    let depth = options["L"].flatMap { Int($0) } ?? 50
    var counts = (folders: 0, files: 0)
    var text = ""
    func show(_ path: String, _ lead: String, _ level: Int) async throws {
      guard level <= depth else { return }
      try await process.step()
      let names = ((try? process.names(in: path)) ?? []).filter {
        ($0 != "." && $0 != "..") && (options.has("a") || !$0.hasPrefix("."))
      }
      let entries = names.sorted().map { name in
        (name, process.status("\(path)/\(name)", followingLinks: false)?.kind)
      }.filter { !options.has("d") || $0.1 == .directory }
      for (index, (name, kind)) in entries.enumerated() {
        let isLast = index == entries.count - 1
        var shown = options.has("f") ? "\(path)/\(name)" : name
        if kind == .link {
          let target = try? process.machine.files.canonical(
            "\(path)/\(name)", in: process.directory, process.caller, physically: true)
          shown += " -> \(target ?? "?")"
        }
        text += "\(lead)\(isLast ? "└── " : "├── ")\(shown)\n"
        if kind == .directory {
          counts.folders += 1
          try await show("\(path)/\(name)", lead + (isLast ? "    " : "│\u{A0}\u{A0} "), level + 1)
        } else {
          counts.files += 1
        }
      }
    }
    for root in options.operands.isEmpty ? ["."] : options.operands {
      guard process.status(root)?.kind == .directory else {
        text += "\(root)  [error opening dir]\n"
        continue
      }
      text += root + "\n"
      counts.folders += 1
      try await show(root, "", 1)
    }
    if !options.has("noreport") {
      text += "\n\(counts.folders) director\(counts.folders == 1 ? "y" : "ies")"
      if !options.has("d") { text += ", \(counts.files) file\(counts.files == 1 ? "" : "s")" }
      text += "\n"
    }
    try await process.write(text)
    return 0
  }
}

/// Copies a file with its mode: `install`.
struct InstallFile: Program {
  let name = "install"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "m,mode= o,owner= g,group= d,directory D t,target-directory= v b c p s")
    let mode = options["m"].flatMap { Int($0, radix: 8) } ?? 0o755
    let files = process.machine.files
    let accounts = process.machine.accounts
    var operands = options.operands
    func finish(_ path: String) throws {
      let path = process.absolute(path)
      try files.changeMode(path, to: mode)
      let user = options["o"].flatMap { accounts.user($0)?.id ?? Int($0) }
      let group = options["g"].flatMap { accounts.group($0)?.id ?? Int($0) }
      if user != nil || group != nil {
        try files.changeOwner(
          path, user: user ?? process.caller.user, group: group ?? process.caller.group)
      }
    }
    if options.has("d") {
      for path in operands {
        try files.makeDirectories(process.absolute(path))
        try finish(path)
      }
      return 0
    }
    guard let target = options["t"] ?? (operands.count > 1 ? operands.popLast() : nil),
      !operands.isEmpty
    else {
      throw UsageError(
        operands.isEmpty
          ? "missing file operand" : "missing destination file operand after '\(operands[0])'")
    }
    for source in operands {
      let isFolder = options["t"] != nil || process.status(target)?.kind == .directory
      let base = source.split(separator: "/").last.map(String.init) ?? source
      let path = isFolder ? "\(target)/\(base)" : target
      if options.has("D") {
        let folder = process.absolute(path).split(separator: "/").dropLast().joined(separator: "/")
        try files.makeDirectories("/" + folder)
      }
      do {
        // The copy keeps being a program when the source is one.
        let child = try process.start(["cp", source, path])
        let status = try await process.wait(for: child)
        if status != 0 { return status }
        try finish(path)
      } catch let error as HostError {
        try await process.complain("cannot create regular file '\(path)': \(error.text)")
        return 1
      }
    }
    return 0
  }
}

/// Compares sorted files line by line: `comm`; and files byte by byte: `cmp`.
struct Comparison: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "1 2 3 s,silent,quiet l,verbose b")
    guard options.operands.count == 2 else {
      throw UsageError("missing operand after '\(options.operands.last ?? name)'", status: 2)
    }
    var both: [[UInt8]] = []
    for path in options.operands {
      do { both.append(try await process.contents(of: path)) } catch let error as HostError
        where !error.isBudget
      {
        try await process.complain("\(path): \(error.text)")
        return name == "cmp" ? 2 : 1
      }
    }
    return name == "cmp"
      ? try await bytes(both, options, process) : try await columns(both, options, process)
  }

  private func bytes(
    _ both: [[UInt8]], _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    if both[0] == both[1] { return 0 }
    if options.has("s") { return 1 }
    let names = options.operands
    let place = zip(both[0], both[1]).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    if let place {
      let line = 1 + both[0][..<place].count { $0 == .newline }
      let unit = process.isBusyBox ? "char" : "byte"
      try await process.write(
        "\(names[0]) \(names[1]) differ: \(unit) \(place + 1), line \(line)\n")
    } else {
      let short = both[0].count < both[1].count ? 0 : 1
      try await process.complain("EOF on \(names[short]) after byte \(both[short].count)")
    }
    return 1
  }

  private func columns(
    _ both: [[UInt8]], _ options: Options, _ process: Process
  ) async throws -> ExitStatus {
    let left = lines(of: both[0])
    let right = lines(of: both[1])
    var (a, b) = (0, 0)
    var out: [UInt8] = []
    func put(_ column: Int, _ line: ArraySlice<UInt8>) {
      guard !options.has("\(column)") else { return }
      let before = (1..<column).count { !options.has("\($0)") }
      out += Array(repeating: .tab, count: before) + line + [.newline]
    }
    while a < left.count || b < right.count {
      if b == right.count || a < left.count && left[a].lexicographicallyPrecedes(right[b]) {
        put(1, left[a])
        a += 1
      } else if a == left.count || right[b].lexicographicallyPrecedes(left[a]) {
        put(2, right[b])
        b += 1
      } else {
        put(3, left[a])
        a += 1
        b += 1
      }
    }
    try await process.write(out)
    return 0
  }
}

/// Fills lines into columns: `column`; breaks them: `fold`; and expands tabs: `expand`.
struct LineShape: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      name == "column"
        ? "t,table s,separator= o,output-separator= c N,table-columns= n"
        : "w,width= s,spaces b,bytes t,tabs= i", numbers: "w")
    let shape = name
    return try await process.forEachInput(options.operands) { _, file in
      let bytes = try await process.readAll(file)
      let all = lines(of: bytes).map { String(decoding: $0, as: UTF8.self) }
      var text: String
      switch shape {
      case "column": text = Self.columns(all, options)
      case "fold":
        let width = max(1, options["w"].flatMap { Int($0) } ?? 80)
        text = all.map { Self.folded($0, width, options.has("s")) }.joined()
      default:
        let width = min(max(1, options["t"].flatMap { Int($0) } ?? 8), 4096)
        text = all.map { line in
          var out = ""
          for character in line {
            if character == "\t" {
              out += String(repeating: " ", count: width - out.count % width)
            } else {
              out.append(character)
            }
          }
          return out + "\n"
        }.joined()
      }
      // A last line without its end stays so.
      if shape != "column", bytes.last != .newline, text.last == "\n" { text.removeLast() }
      try await process.write(text)
    }
  }

  private static func columns(_ all: [String], _ options: Options) -> String {
    guard options.has("t") else { return all.map { $0 + "\n" }.joined() }
    let rows = all.filter { !$0.isEmpty }.map { line in
      options["s"].map { marks in
        line.split(omittingEmptySubsequences: false) { marks.contains($0) }.map(String.init)
      } ?? line.split { $0 == " " || $0 == "\t" }.map(String.init)
    }
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let gap = options["o"] ?? "  "
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }.joined(separator: gap) + "\n"
    }.joined()
  }

  private static func folded(_ line: String, _ width: Int, _ atBlanks: Bool) -> String {
    var out = ""
    var part = ""
    var column = 0
    for character in line {
      let next = character == "\t" ? (column / 8 + 1) * 8 : column + 1
      if next > width, !part.isEmpty {
        var kept = ""
        if atBlanks, let blank = part.lastIndex(of: " ") {
          kept = String(part[part.index(after: blank)...])
          part = String(part[...blank])
        }
        out += part + "\n"
        part = kept
        column = kept.count
      }
      part.append(character)
      column = character == "\t" ? (column / 8 + 1) * 8 : column + 1
    }
    return out + part + "\n"
  }
}

/// Tells what a file is: `file`.
struct FileKind: Program {
  let name = "file"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "b,brief i,mime L s z")
    for path in options.operands {
      let kind = await describe(path, process)
      try await process.write(options.has("b") ? "\(kind)\n" : "\(path): \(kind)\n")
    }
    return 0
  }

  private func describe(_ path: String, _ process: Process) async -> String {
    guard let status = process.status(path, followingLinks: false) else {
      return "cannot open `\(path)' (No such file or directory)"
    }
    switch status.kind {
    case .directory: return "directory"
    case .link: return "symbolic link"
    case .pipe: return "fifo (named pipe)"
    case .socket: return "socket"
    case .characterDevice: return "character special"
    case .file: break
    }
    guard let bytes = try? await process.contents(of: path) else {
      return "regular file, no read permission"
    }
    if bytes.isEmpty { return "empty" }
    if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
      return "ELF 64-bit LSB executable, x86-64, version 1 (SYSV), statically linked"
    }
    if Gzip.isCompressed(bytes) { return "gzip compressed data, from Unix" }
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
    if text.hasPrefix("-----BEGIN CERTIFICATE") { return "PEM certificate" }
    if text.hasPrefix("-----BEGIN") && text.contains("PRIVATE KEY") { return "ASCII text" }
    if text.hasPrefix("#!") {
      let interpreter = text.dropFirst(2).prefix { $0 != "\n" && $0 != " " }
      return interpreter.hasSuffix("bash")
        ? "Bourne-Again shell script, ASCII text executable"
        : "POSIX shell script, ASCII text executable"
    }
    if text.first == "{" || text.first == "[" { return "JSON text data" }
    if bytes.contains(0) { return "data" }
    return bytes.allSatisfy { $0 < 0x80 } ? "ASCII text" : "Unicode text, UTF-8 text"
  }
}
