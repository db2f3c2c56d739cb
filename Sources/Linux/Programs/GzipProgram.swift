import Shell

/// Compresses and expands files: `gzip`, `gunzip`, `zcat`, and the same of `xz` and `bzip2`.
struct GzipProgram: Program {
  enum Form: String { case gz, xz, bz2 }

  let name: String
  private let form: Form

  init(_ name: String, _ form: Form = .gz) {
    self.name = name
    self.form = form
  }

  private func isCompressed(_ bytes: [UInt8]) -> Bool {
    switch form {
    case .gz: Gzip.isCompressed(bytes)
    case .xz: XZ.isCompressed(bytes)
    case .bz2: Bzip2.isCompressed(bytes)
    }
  }

  private func convert(_ bytes: [UInt8], expands: Bool, limit: Int) -> [UInt8]? {
    switch form {
    case .gz: expands ? Gzip.decompress(bytes) : Gzip.compress(bytes)
    case .xz: expands ? XZ.decompress(bytes) : XZ.compress(bytes)
    case .bz2: expands ? Bzip2.decompress(bytes, limit: limit) : Bzip2.compress(bytes)
    }
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "d,decompress c,stdout k,keep f,force v l r n z s 0 1 2 3 4 5 6 7 8 9 t q e T=")
    let expands = !["gzip", "xz", "bzip2"].contains(name) || options.has("d") || options.has("t")
    let toOutput = name.hasSuffix("cat") || options.has("c") || options.operands.isEmpty
    var status: ExitStatus = 0
    for path in options.operands.isEmpty ? ["-"] : options.operands {
      let bytes: [UInt8]
      do { bytes = try await process.contents(of: path) } catch let error as HostError
        where !error.isBudget
      {
        try await process.complain("\(path): \(error.text)")
        status = 1
        continue
      }
      if expands, process.isBusyBox, path != "-", name != "zcat", !path.hasSuffix(".\(form)") {
        try await process.complain("\(path): unknown suffix - ignored")
        status = 1
        continue
      }
      if expands, !isCompressed(bytes), process.isBusyBox {
        try await process.complain(
          name == "zcat" || form != .gz ? "no gzip/bzip2/xz magic" : "invalid magic")
        status = 1
        continue
      }
      if expands, !isCompressed(bytes) {
        let isInput = path == "-"
        switch form {
        case .gz: try await process.complain("\(isInput ? "stdin" : path): not in gzip format")
        case .xz:
          try await process.complain("\(isInput ? "(stdin)" : path): File format not recognized")
        case .bz2: try await process.complain("\(isInput ? "(stdin)" : path) is not a bzip2 file.")
        }
        status = form == .bz2 ? 2 : 1
        continue
      }
      // Sorting takes its time.
      try await process.step(bytes.count / (form == .bz2 ? 4 : 64))
      guard
        let made = convert(bytes, expands: expands, limit: process.machine.budgets.memory)
      else {
        try await process.writeError(
          "drydock: not simulated: expanding what \(path) was squeezed by\n")
        return 1
      }
      if options.has("t") { continue }
      if toOutput {
        try await process.write(made)
        continue
      }
      let target =
        expands
        ? (path.hasSuffix(".\(form)")
          ? String(path.dropLast(form.rawValue.count + 1)) : path + ".out")
        : path + ".\(form)"
      if process.status(target) != nil, !options.has("f") {
        try await process.complain(
          form == .bz2
            ? "Output file \(target) already exists." : "\(target) already exists;\tnot overwritten"
        )
        return form == .bz2 ? 1 : 2
      }
      try process.replace(target, with: made)
      if !options.has("k") { try process.remove(path) }
    }
    return status
  }
}
