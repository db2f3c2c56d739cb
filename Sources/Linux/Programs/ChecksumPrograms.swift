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
    try await run(process, process.arguments)
  }

  fileprivate func run(_ process: Process, _ arguments: [String]) async throws -> ExitStatus {
    let options = try Options(
      arguments, "c,check b,binary t,text q,quiet status strict w,warn a,algorithm= z tag")
    var kind = kind
    if let bits = options["a"], let other = Checksum(rawValue: "sha" + bits) { kind = other }
    if options.has("c") { return try await check(process, options, kind) }
    return try await process.forEachInput(options.operands) { path, file in
      let sum = kind.hex(try await process.readAll(file))
      let mark = options.has("b") ? "*" : " "
      try await process.write(
        options.has("tag")
          ? "\(kind.tag) (\(path)) = \(sum)\n" : "\(sum) \(mark)\(path)\n")
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
        guard let (sum, path, other) = Self.parts(of: String(decoding: line, as: UTF8.self)) else {
          continue
        }
        seen += 1
        do {
          let contents = try await process.contents(of: path)
          let isSame = (other ?? kind).hex(contents) == sum.lowercased()
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
    if seen == 0, status == 0 || !process.isBusyBox {
      try await process.complain("no properly formatted checksum lines found")
      return 1
    }
    func told(_ count: Int, _ one: String, _ many: String) async throws {
      guard count > 0, !options.has("status") else { return }
      try await process.complain(
        "WARNING: \(count) \(count == 1 ? one : many)",
        busyBox: "WARNING: \(count) of \(seen) \(many)")
    }
    try await told(missing, "listed file could not be read", "listed files could not be read")
    try await told(
      failed, "computed checksum did NOT match", "computed checksums did NOT match")
    return failed + missing > 0 ? 1 : status
  }

  /// `sum  file`, or with --tag `SHA256 (file) = sum`.
  private static func parts(of line: String) -> (sum: String, path: String, kind: Checksum?)? {
    if let equal = line.firstRange(of: ") = "), let open = line.firstRange(of: " ("),
      let kind = Checksum(tag: String(line[..<open.lowerBound])),
      open.upperBound <= equal.lowerBound
    {
      return (
        String(line[equal.upperBound...]), String(line[open.upperBound..<equal.lowerBound]), kind
      )
    }
    guard let blank = line.firstIndex(of: " ") else { return nil }
    let path = line[blank...].dropFirst().drop { $0 == " " || $0 == "*" }
    return (String(line[..<blank]), String(path), nil)
  }
}

extension Checksum {
  /// As lines with --tag name it.
  fileprivate var tag: String { self == .blake2b ? rawValue : rawValue.uppercased() }

  fileprivate init?(tag: String) {
    guard let known = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
    self = known
  }
}

/// Sums up files by POSIX's cyclic redundancy check, or with -a by a digest: `cksum`.
struct CyclicCheck: Program {
  let name = "cksum"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "a,algorithm= c,check tag untagged")
    let asked = options["a"] ?? (options.has("c") ? "sha256" : "crc")
    if asked != "crc" {
      let kind = Checksum(rawValue: asked == "blake2b" ? "BLAKE2b" : asked)
      guard let kind else {
        throw UsageError("invalid argument '\(asked)' for '--algorithm'")
      }
      let flags =
        options.has("c") ? ["-c"] : options.has("untagged") ? [] : ["--tag"]
      return try await ChecksumProgram(name, kind).run(process, flags + options.operands)
    }
    return try await process.forEachInput(options.operands) { path, file in
      let bytes = try await process.readAll(file)
      let shown = options.operands.isEmpty ? "" : " \(path)"
      try await process.write("\(Self.sum(of: bytes)) \(bytes.count)\(shown)\n")
    }
  }

  /// The file's length follows its bytes, the lowest first.
  private static func sum(of bytes: [UInt8]) -> UInt32 {
    let lengths = sequence(first: bytes.count) { $0 >> 8 }.prefix { $0 > 0 }
    return ~CyclicRedundancy.sum(
      lengths.map { UInt8($0 & 0xFF) }, from: CyclicRedundancy.sum(bytes, from: 0))
  }
}
