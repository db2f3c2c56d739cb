extension Interpreter {
  /// What stood at the descriptors before a command's redirections, newest last.
  typealias SavedFiles = [(descriptor: Int, file: (any OpenFile)?)]

  /// Applies redirections in their order; nil, with a complaint, when one cannot be.
  func redirect(_ redirections: [Redirection]) async throws -> SavedFiles? {
    var saved: SavedFiles = []
    for redirection in redirections {
      do {
        try await apply(redirection, &saved)
      } catch let refusal as RedirectionRefusal {
        restore(saved)
        await complain(refusal.text)
        return nil
      } catch {
        restore(saved)
        throw error
      }
    }
    return saved
  }

  func restore(_ saved: SavedFiles) {
    for (descriptor, file) in saved.reversed() {
      files.removeValue(forKey: descriptor)?.release()
      if let file { files[descriptor] = file }
    }
  }

  /// Makes redirections last, as `exec` does.
  func keep(_ saved: SavedFiles) { for (_, file) in saved { file?.release() } }

  private func put(_ file: (any OpenFile)?, at descriptor: Int, _ saved: inout SavedFiles) {
    saved.append((descriptor, files[descriptor]))
    files[descriptor] = file
  }

  private func apply(_ redirection: Redirection, _ saved: inout SavedFiles) async throws {
    switch redirection.kind {
    case .hereDocument:
      let document = redirection.document ?? Word([])
      let file = TextFile(try await stringWaiting(document))
      put(file, at: try number(for: redirection), &saved)
    case .hereString:
      let file = TextFile(try await stringWaiting(redirection.target) + "\n")
      put(file, at: try number(for: redirection), &saved)
    case .duplicateInput, .duplicateOutput: try await duplicate(redirection, &saved)
    default:
      let path = try await target(redirection.target)
      // An open, a write and a close: more than a builtin alone.
      try host.charge(64)
      try await openTarget(path, redirection, &saved)
    }
  }

  private func target(_ word: Word) async throws -> String {
    if let constant = word.constant { return constant }
    let found = try await fields([word])
    guard found.count == 1 else {
      if found.isEmpty, !dialect.isBash { return "" }
      throw RedirectionRefusal(text: "\(shown(word)): ambiguous redirect")
    }
    return found[0]
  }

  private func shown(_ word: Word) -> String { WordPart.unexpandedText(of: word.parts) }

  private func openTarget(
    _ path: String, _ redirection: Redirection, _ saved: inout SavedFiles
  ) async throws {
    let mode: OpenMode
    switch redirection.kind {
    case .input: mode = .read
    case .append, .appendOutputAndErrors: mode = .append
    case .readWrite: mode = .readWrite
    default: mode = .write
    }
    if options.contains(.noclobber), redirection.kind == .output,
      host.status(path, in: directory, followingLinks: true)?.kind == .file
    {
      throw RedirectionRefusal(
        text: dialect.isBash
          ? "\(path): cannot overwrite existing file" : "cannot create \(path): File exists")
    }
    let file: any OpenFile
    do {
      file = try await connected(path) ?? openFile(path, mode)
    } catch let error as ConnectionRefusal {
      await flushComplaints()
      await writeError("\(name): \(error.text)\n")
      throw RedirectionRefusal(text: "\(path): \(error.reason)")
    } catch let error as HostError {
      throw RedirectionRefusal(text: refusal(error, path, reading: mode == .read))
    }
    do {
      put(file, at: try number(for: redirection), &saved)
    } catch {
      file.release()
      throw error
    }
    if redirection.kind == .outputAndErrors || redirection.kind == .appendOutputAndErrors {
      file.retain()
      put(file, at: 2, &saved)
    }
  }

  /// What bash makes of `/dev/tcp/HOST/PORT`, where no file needs to be; nil for other paths.
  private func connected(_ path: String) async throws -> (any OpenFile)? {
    guard dialect.isBash, path.hasPrefix("/dev/tcp/") || path.hasPrefix("/dev/udp/") else {
      return nil
    }
    let parts = path.dropFirst("/dev/tcp/".count)
      .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return nil }
    return try await host.connect(
      to: parts[0], port: parts[1], isDatagram: path.hasPrefix("/dev/udp/"))
  }

  private func refusal(_ error: HostError, _ path: String, reading: Bool) -> String {
    switch dialect.family {
    case .bash: return "\(path): \(error.text)"
    case .dash:
      let reason =
        error == .notFound ? reading ? "No such file" : "Directory nonexistent" : error.text
      return "cannot \(reading ? "open" : "create") \(path): \(reason)"
    case .ash:
      let reason =
        error == .notFound ? reading ? "no such file" : "nonexistent directory" : error.text
      return "can't \(reading ? "open" : "create") \(path): \(reason)"
    }
  }

  /// Opens a file, or takes another reference to a descriptor named `/dev/fd/N` and its kin.
  func openFile(_ path: String, _ mode: OpenMode) throws(HostError) -> any OpenFile {
    var number: Int?
    switch path {
    case "/dev/stdin": number = 0
    case "/dev/stdout": number = 1
    case "/dev/stderr": number = 2
    default:
      if path.hasPrefix("/dev/fd/") { number = Int(path.dropFirst("/dev/fd/".count)) }
    }
    if let number {
      guard let file = files[number] else { throw .notFound }
      file.retain()
      return file
    }
    guard !path.isEmpty else { throw .notFound }
    return try host.open(path, mode, in: directory)
  }

  /// RLIMIT_NOFILE's soft limit where nobody changed it.
  private static let mostFiles = 1024

  private func number(for redirection: Redirection) throws -> Int {
    switch redirection.descriptor {
    case .number(let number): return number
    case .variable(let name):
      var number = 10
      while files[number] != nil { number += 1 }
      guard number < Self.mostFiles else {
        throw RedirectionRefusal(text: "\(shown(redirection.target)): Too many open files")
      }
      try assign(reference: name, String(number))
      return number
    }
  }

  private func duplicate(_ redirection: Redirection, _ saved: inout SavedFiles) async throws {
    var text = try await target(redirection.target)
    if text == "-" {
      var number: Int?
      switch redirection.descriptor {
      case .number(let given): number = given
      case .variable(let name): number = referencedValue(name).flatMap { Int($0) }
      }
      if let number {
        put(nil, at: number, &saved)
        try forgetCoprocessEnd(number)
      }
      return
    }
    var moves = false
    if text.utf8.count > 1, text.utf8.last == UInt8(ascii: "-") {
      moves = true
      text.removeLast()
    }
    guard let source = Int(text), text.utf8.allSatisfy(\.isDigit) else {
      if redirection.kind == .duplicateOutput, dialect.isBash,
        redirection.descriptor == .number(1)
      {
        let both = Redirection(
          kind: .outputAndErrors, descriptor: .number(1), target: redirection.target)
        return try await openTarget(text, both, &saved)
      }
      throw RedirectionRefusal(
        text: dialect.isBash ? "\(text): ambiguous redirect" : "Syntax error: Bad fd number")
    }
    guard let file = files[source] else {
      throw RedirectionRefusal(
        text: dialect.family == .ash
          ? "dup2(\(source),\(try number(for: redirection))): Bad file descriptor"
          : "\(source): Bad file descriptor")
    }
    file.retain()
    put(file, at: try number(for: redirection), &saved)
    if moves { put(nil, at: source, &saved) }
  }
}

/// A redirection that could not be made, in the words of the complaint.
struct RedirectionRefusal: Error {
  var text: String
}
