import Shell
import Simulation

/// Makes a file or directory of a fresh name: `mktemp`.
struct Temporary: Program {
  let name = "mktemp"

  func run(_ process: Process) async throws -> ExitStatus {
    // GNU's -p takes its value as a word of its own, too; the long form only after `=`.
    let options = try Options(process.arguments, "d,directory u,dry-run q,quiet p= tmpdir? t")
    let folder = options["p"] ?? options["tmpdir"] ?? process.environment["TMPDIR"] ?? "/tmp"
    let template = options.operands.first ?? "tmp.XXXXXXXXXX"
    let count = template.reversed().prefix { $0 == "X" }.count
    guard count >= (process.isBusyBox ? 6 : 3) else {
      throw UsageError(
        "too few X's in template '\(template)'", hint: false,
        busyBox: ": \(HostError.invalidArgument.text)")
    }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    var fill = ""
    for _ in 0..<count {
      fill.append(letters[Int(process.machine.randomBits() % UInt64(letters.count))])
    }
    let own = template.dropLast(count) + fill
    let path =
      options.operands.isEmpty || options.has("p") || options.has("tmpdir") || options.has("t")
      ? "\(folder)/\(own)" : String(own)
    if !options.has("u") {
      let folder = PathParts.folder(of: path)
      guard process.status(folder)?.kind == .directory else {
        let kind = options.has("d") ? "directory" : "file"
        try await process.complain(
          "failed to create \(kind) via template '\(path.dropLast(count))"
            + String(repeating: "X", count: count) + "': \(process.failure(of: folder).text)",
          busyBox: ": \(process.failure(of: folder).text)")
        return 1
      }
      if options.has("d") {
        try process.makeDirectory(path, mode: 0o700)
      } else {
        try process.replace(path, with: [])
        try process.machine.files.changeMode(path, to: 0o600, in: process.directory, process.caller)
      }
    }
    try await process.write(path + "\n")
    return 0
  }
}

/// Cuts or lengthens files: `truncate`, `fallocate`.
struct Truncate: Program {
  let name: String

  init(_ name: String = "truncate") { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "s,size= c,no-create l,length= o= n x")
    let text = options["s"] ?? options["l"] ?? ""
    guard let size = ByteCount.parse(text.drop { $0 == "+" }), !text.isEmpty else {
      throw UsageError(
        text.isEmpty
          ? name == "truncate"
            ? "you must specify either '--size' or '--reference'"
            : "no length argument specified"
          : "Invalid number: '\(text)'", hint: text.isEmpty,
        busyBox: text.isEmpty ? nil : "invalid number '\(text)'")
    }
    guard !options.operands.isEmpty else { throw UsageError("missing file operand") }
    for path in options.operands {
      if process.status(path) == nil {
        if options.has("c") { continue }
        try process.replace(path, with: [])
      }
      let old = text.hasPrefix("+") ? process.status(path)?.size ?? 0 : 0
      let length = old.addingReportingOverflow(size).overflow ? .max : old + size
      do {
        try process.machine.files.truncate(
          path, to: length, reserving: name == "fallocate", in: process.directory, process.caller)
      } catch {
        guard error == .noSpace else { throw error }
        try await process.complain("fallocate failed: \(error.text)")
        return 1
      }
    }
    return 0
  }
}

/// Copies blocks: `dd`.
struct CopyBlocks: Program {
  let name = "dd"

  func run(_ process: Process) async throws -> ExitStatus {
    var settings: [String: String] = [:]
    for word in process.arguments {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let known = [
        "if", "of", "bs", "ibs", "obs", "count", "skip", "iseek", "seek", "oseek", "conv", "status",
        "iflag", "oflag", "cbs",
      ]
      guard parts.count == 2, known.contains(parts[0]) else {
        throw UsageError("unrecognized operand '\(word)'")
      }
      settings[parts[0]] = parts[1]
    }
    let size = settings["bs"].flatMap { ByteCount.parse($0[...]) } ?? 512
    let most = settings["count"].flatMap { ByteCount.parse($0[...]) } ?? .max
    guard size > 0, size <= 1 << 30 else {
      throw UsageError("invalid number: '\(size)'", hint: false)
    }
    func places(_ name: String) throws -> Int {
      let count = settings[name].flatMap { ByteCount.parse($0[...]) } ?? 0
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= FileSystem.largestFile else {
        throw UsageError("invalid number: '\(settings[name] ?? "")'", hint: false)
      }
      return product
    }
    func open(_ path: String, _ mode: OpenMode) throws -> any OpenFile {
      do { return try process.open(path, mode) } catch {
        throw UsageError(
          "failed to open '\(path)': \(error.text)", hint: false,
          busyBox: "can't open '\(path)': \(error.text)")
      }
    }
    let input = try settings["if"].map { path throws in try open(path, .read) }
    let keeps = settings["conv"]?.contains("notrunc") == true
    let output = try settings["of"].map { path throws in
      try open(path, keeps || settings["seek"] != nil ? .readWrite : .write)
    }
    var skipped = try places(settings["skip"] == nil ? "iseek" : "skip")
    while skipped > 0 {
      let chunk = try await (input ?? process.standardInput).read(upTo: min(skipped, 1 << 20))
      if chunk.isEmpty { break }
      skipped -= chunk.count
      try await process.step(1 + chunk.count / 4096)
    }
    let seek = try places(settings["seek"] == nil ? "oseek" : "seek")
    if seek > 0, let file = output as? FileOpening {
      if !keeps {
        try process.machine.files.truncate(
          settings["of"] ?? "", to: seek, in: process.directory, process.caller)
      }
      file.seek(to: seek)
    }
    defer {
      input?.release()
      output?.release()
    }
    var blocks = 0
    var total = 0
    var partial = 0
    var unpaid = 0
    let start = process.machine.timeline.now
    while blocks + partial < most {
      var left = size
      while left > 0 {
        let chunk = try await (input ?? process.standardInput).read(upTo: min(left, 1 << 20))
        if chunk.isEmpty { break }
        try await (output ?? process.standardOutput).write(chunk)
        left -= chunk.count
        total += chunk.count
        try await process.step()
        try process.charge(chunk.count / 4096)
        // A disk takes a gigabyte in a second.
        unpaid += chunk.count
        if unpaid >= 1 << 20 {
          try await process.compute(Span(nanoseconds: Int64(unpaid)))
          unpaid = 0
        }
      }
      if left == 0 {
        blocks += 1
      } else {
        if left < size { partial += 1 }
        break
      }
    }
    if settings["status"] != "none" {
      let seconds = max(1e-3, Double((process.machine.timeline.now - start).nanoseconds) / 1e9)
      let records = "\(blocks)+\(partial) records"
      let (decimal, binary) = (Self.amount(Double(total), 1000), Self.amount(Double(total), 1024))
      let shown =
        total < 1000
        ? "" : total < 1024 ? " (\(decimal)B)" : " (\(decimal)B, \(binary)iB)"
      try await process.writeError(
        "\(records) in\n\(records) out\n\(total) bytes\(shown) copied, "
          + "\(DecimalText.general(seconds, 6)) s, "
          + "\(Self.amount(Double(total) / seconds, 1000))B/s\n")
    }
    return 0
  }

  /// `3.1 G`, `105 M`: one digit after the point below ten.
  private static func amount(_ bytes: Double, _ base: Double) -> String {
    var (value, unit) = (bytes, 0)
    let units = ["", base == 1000 ? "k" : "K", "M", "G", "T", "P"]
    while value >= base, unit < units.count - 1 {
      value /= base
      unit += 1
    }
    let text = value < 10 && unit > 0 ? DecimalText.fixed(value, 1) : "\(Int(value.rounded()))"
    return "\(text) \(units[unit])"
  }
}
