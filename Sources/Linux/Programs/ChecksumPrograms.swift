import Documents
import Shell

/// Prints and checks digests: `sha256sum`, `md5sum` and their kin.
struct ChecksumProgram: Program {
  let name: String
  private let kind: Checksum

  init(_ name: String, _ kind: Checksum) {
    self.name = name
    self.kind = kind
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "c,check b,binary t,text q,quiet status strict w,warn a,algorithm= z tag")
    var kind = kind
    if let bits = options["a"], let other = Checksum(rawValue: "sha" + bits) { kind = other }
    if options.has("c") { return try await check(process, options, kind) }
    return try await process.forEachInput(options.operands) { path, file in
      let sum = kind.hex(try await process.readAll(file))
      let mark = options.has("b") ? "*" : " "
      try await process.write(
        options.has("tag")
          ? "\(kind.rawValue.uppercased()) (\(path)) = \(sum)\n" : "\(sum) \(mark)\(path)\n")
    }
  }

  /// Reads lines of `sum  file` and compares.
  private func check(
    _ process: Process, _ options: Options, _ kind: Checksum
  ) async throws -> ExitStatus {
    var failed = 0
    var missing = 0
    var seen = 0
    let status = try await process.forEachInput(options.operands) { _, file in
      for line in lines(of: try await process.readAll(file)) {
        let text = String(decoding: line, as: UTF8.self)
        guard let blank = text.firstIndex(of: " ") else { continue }
        let path = String(text[blank...].dropFirst().drop { $0 == " " || $0 == "*" })
        seen += 1
        do {
          let isSame = kind.hex(try await process.contents(of: path)) == text[..<blank].lowercased()
          if !isSame { failed += 1 }
          if !options.has("status"), !(isSame && options.has("q")) {
            try await process.write("\(path): \(isSame ? "OK" : "FAILED")\n")
          }
        } catch let error as HostError where !error.isBudget {
          missing += 1
          try await process.complain("\(path): \(error.text)")
          try await process.write("\(path): FAILED open or read\n")
        }
      }
    }
    if seen == 0 {
      try await process.complain("no properly formatted checksum lines found")
      return 1
    }
    func told(_ count: Int, _ one: String, _ many: String) async throws {
      guard count > 0, !options.has("status") else { return }
      try await process.complain("WARNING: \(count) \(count == 1 ? one : many)")
    }
    try await told(missing, "listed file could not be read", "listed files could not be read")
    try await told(
      failed, "computed checksum did NOT match", "computed checksums did NOT match")
    return failed + missing > 0 ? 1 : status
  }
}
