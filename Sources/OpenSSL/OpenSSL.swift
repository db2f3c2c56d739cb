package import Linux
package import Shell

/// `openssl` 3.0 as a program of a machine: real keys, requests and certificates of that machine's
/// files, made from its seed.
package struct OpenSSL: Program {
  package let name = "openssl"

  package init() {}

  package func run(_ process: Process) async throws -> ExitStatus {
    guard let word = process.arguments.first else {
      throw UsageError("drydock: not simulated: openssl's own prompt", hint: false)
    }
    let rest = Array(process.arguments.dropFirst())
    if word == "help" || word == "-help" || word == "--help" { return try await help(process) }
    if let command = Self.commands[word] {
      do {
        let options = try CommandOptions(word, rest, command.grammar, asks: command.alias)
        return try await command.run(process, options)
      } catch let problem as Complaint {
        try await process.writeError(problem.text)
        return 1
      }
    }
    if Digests.named(word) != nil {
      return try await run(process, "dgst", ["-" + word] + rest)
    }
    if Self.unsimulated.contains(word) {
      try await process.writeError("drydock: not simulated: openssl \(word)\n")
      return 1
    }
    try await process.writeError("Invalid command '\(word)'; type \"help\" for a list.\n")
    return 1
  }

  private func run(
    _ process: Process, _ name: String, _ arguments: [String]
  ) async throws -> ExitStatus {
    guard let command = Self.commands[name] else { return 1 }
    do {
      return try await command.run(
        process, CommandOptions(name, arguments, command.grammar, asks: command.alias))
    } catch let problem as Complaint {
      try await process.writeError(problem.text)
      return 1
    }
  }

  private func help(_ process: Process) async throws -> ExitStatus {
    let names = (Array(Self.commands.keys) + Self.unsimulated).sorted()
    var text = "help:\n\nStandard commands\n"
    for (index, name) in names.enumerated() {
      let isLast = index % 4 == 3 || index == names.count - 1
      text += name + (isLast ? "\n" : String(repeating: " ", count: max(1, 18 - name.count)))
    }
    try await process.writeError(text)
    return 0
  }

  /// One subcommand.
  struct Subcommand: Sendable {
    /// Its options, those with values ending in `=`.
    let grammar: String
    /// What an unknown option could have been besides.
    var alias = "option"
    let run: @Sendable (Process, CommandOptions) async throws -> ExitStatus
  }

  static let commands: [String: Subcommand] = [
    "genrsa": GenerateRSA.command, "genpkey": GenerateKey.command, "req": RequestCommand.command,
    "x509": CertificateCommand.command, "rand": RandomCommand.command,
    "base64": EncodeCommand.base64, "enc": EncodeCommand.command, "dgst": DigestCommand.command,
    "verify": VerifyCommand.command, "rsa": KeyCommand.rsa, "pkey": KeyCommand.pkey,
    "ec": KeyCommand.ec, "ecparam": CurveCommand.command, "s_client": ClientCommand.command,
    "version": VersionCommand.command,
  ]

  private static let unsimulated: Set<String> = [
    "asn1parse", "ca", "ciphers", "cms", "crl", "crl2pkcs7", "dhparam", "dsa", "gendsa", "kdf",
    "list", "ocsp", "passwd", "pkcs12", "pkcs7", "pkcs8", "pkeyutl", "prime", "rehash", "rsautl",
    "s_server", "s_time", "sess_id", "smime", "speed", "spkac", "srp", "storeutl", "ts",
  ]
}

/// What openssl prints before it ends with status 1.
struct Complaint: Error {
  let text: String

  init(_ text: String) { self.text = text + "\n" }

  /// A file that cannot be opened, in the words of openssl's stores.
  static func unopened(_ what: String, _ path: String) -> Complaint {
    Complaint(
      "Could not open file or uri for loading \(what) from \(path)\n"
        + "40E78DB8437F0000:error:16000069:STORE routines:ossl_store_get0_loader_int:"
        + "unregistered scheme:../crypto/store/store_register.c:237:scheme=file\n"
        + "40E78DB8437F0000:error:80000002:system library:file_open:No such file or directory:"
        + "../providers/implementations/storemgmt/file_store.c:267:calling stat(\(path))"
        + (what.hasSuffix("key") ? "" : "\nUnable to load \(what)"))
  }

  /// A file that holds something else.
  static func unread(_ what: String, _ path: String) -> Complaint {
    Complaint(
      "Could not read \(what) from \(path == "-" ? "<stdin>" : path)"
        + (what.hasSuffix("key") ? "" : "\nUnable to load \(what)"))
  }

  static func unsimulated(_ what: String) -> Complaint {
    Complaint("drydock: not simulated: openssl \(what)")
  }
}

/// A subcommand's words: every option has one dash, or two.
struct CommandOptions {
  let command: String
  private(set) var given: [(name: String, value: String?)] = []
  private(set) var operands: [String] = []

  init(_ command: String, _ words: [String], _ grammar: String, asks: String) throws {
    self.command = command
    let known = grammar.split(separator: " ").map(String.init)
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.utf8.count > 1, operands.isEmpty else {
        operands.append(word)
        continue
      }
      let name = String(word.drop { $0 == "-" })
      if known.contains(name + "=") {
        guard let value = rest.popFirst() else {
          throw Complaint(
            "\(command): Option -\(name) needs a value\n\(command): Use -help for summary.")
        }
        given.append((name, value))
      } else if known.contains(name) || Digests.named(name) != nil {
        given.append((name, nil))
      } else if name == "help" {
        let list = known.map { " -\($0.hasSuffix("=") ? $0.dropLast() + " val" : $0[...])\n" }
        throw Complaint("Usage: \(command) [options]\n\nValid options are:\n" + list.joined())
      } else {
        throw Complaint(
          "\(command): Unknown \(asks): \(name)\n\(command): Use -help for summary.")
      }
    }
  }

  func has(_ name: String) -> Bool { given.contains { $0.name == name } }
  subscript(_ name: String) -> String? { given.last { $0.name == name }?.value }
  func values(_ name: String) -> [String] { given.filter { $0.name == name }.compactMap(\.value) }
  /// The digest asked for, such as `-sha512`.
  var digest: Digests? { given.compactMap { Digests.named($0.name) }.last }

  func number(_ name: String, default standard: Int) throws -> Int {
    guard let text = self[name] else { return standard }
    guard let number = Int(text) else {
      throw Complaint(
        "\(command): Can't parse \"\(text)\" as a number\n\(command): Use -help for summary.")
    }
    return number
  }
}

/// Prints the version.
enum VersionCommand {
  static let command = OpenSSL.Subcommand(grammar: "a v b d e p r") { process, options in
    let version = "OpenSSL 3.0.13 30 Jan 2024"
    var text = "\(version) (Library: \(version))\n"
    if options.has("a") {
      text +=
        "built on: Wed Feb  5 13:19:41 2025 UTC\nplatform: debian-amd64\n"
        + "OPENSSLDIR: \"/usr/lib/ssl\"\n"
    }
    try await process.write(text)
    return 0
  }
}
