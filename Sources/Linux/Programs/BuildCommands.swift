import Shell

/// Builds command lines from its input: `xargs`.
struct BuildCommands: Program {
  let name = "xargs"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "0,null a,arg-file= d,delimiter= E= I= i? L,max-lines= n,max-args= P,max-procs= "
        + "r,no-run-if-empty t,verbose p,interactive s,max-chars= x", stopsEarly: true)
    let input =
      options["a"] == nil
      ? try await process.readAll() : try await process.contents(of: options["a"] ?? "")
    let replaced = options.has("i") ? options["i"] ?? "{}" : options["I"]
    let items: [String]
    do {
      items = try Self.items(input, options, byLine: replaced != nil)
    } catch let error as UsageError { throw error }
    let command = options.operands.isEmpty ? ["echo"] : options.operands
    var status: ExitStatus = 0
    func execute(_ words: [String]) async throws -> Bool {
      if options.has("t") { try await process.writeError(words.joined(separator: " ") + "\n") }
      do {
        var files = process.files
        files[0] = MemoryFile()
        let child = try process.start(words, files: files)
        let ended = try await process.wait(for: child)
        if ended == 255 {
          try await process.complain("\(words[0]): exited with status 255; aborting")
          status = 124
          return false
        }
        if ended != 0 { status = ended > 128 ? 125 : 123 }
        return true
      } catch let error as HostError where error == .notFound || error == .notExecutable {
        try await process.complain("\(words[0]): \(error.text)")
        status = error == .notFound ? 127 : 126
        return false
      }
    }
    if let replaced {
      for item in items {
        let words = command.map {
          $0.split(separator: replaced, omittingEmptySubsequences: false).joined(separator: item)
        }
        guard try await execute(words) else { break }
      }
      return status
    }
    if items.isEmpty {
      if !options.has("r") { _ = try await execute(command) }
      return status
    }
    let most = (options["n"] ?? options["L"]).flatMap { Int($0) } ?? 5000
    guard most > 0 else {
      throw UsageError("value for -n option should be >= 1", hint: false)
    }
    var start = 0
    while start < items.count {
      let part = items[start..<min(items.count, start + most)]
      guard try await execute(command + part) else { break }
      start += most
    }
    return status
  }

  private static func items(_ input: [UInt8], _ options: Options, byLine: Bool) throws -> [String] {
    if options.has("0") || options.has("d") {
      let delimiter =
        options.has("0")
        ? 0 : BackslashEscapes.expand(Array((options["d"] ?? "").utf8)).0.first ?? .newline
      var parts = input.split(separator: delimiter, omittingEmptySubsequences: false)
      if parts.last?.isEmpty == true { parts.removeLast() }
      return parts.map { String(decoding: $0, as: UTF8.self) }
    }
    if byLine || options.has("L") {
      return lines(of: input).map { line in
        String(decoding: line, as: UTF8.self).trimmedBlanks
      }.filter { !$0.isEmpty }.map(String.init)
    }
    var items: [String] = []
    var word: [UInt8]?
    var quote: UInt8?
    var isEscaped = false
    for byte in input {
      if isEscaped {
        word = (word ?? []) + [byte]
        isEscaped = false
      } else if let open = quote {
        if byte == open {
          quote = nil
        } else if byte == .newline {
          throw UsageError(
            "unmatched \(open == 39 ? "single" : "double") quote; by default quotes are special to "
              + "xargs unless you use the -0 option", hint: false)
        } else {
          word?.append(byte)
        }
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
        word = word ?? []
      } else if byte.isSpace {
        if let whole = word { items.append(String(decoding: whole, as: UTF8.self)) }
        word = nil
      } else if word == nil {
        word = [byte]
      } else {
        word?.append(byte)
      }
    }
    if let whole = word { items.append(String(decoding: whole, as: UTF8.self)) }
    return items
  }
}
