import Shell

/// Turns armoured keys into rings and back: `gpg --dearmor`, `--enarmor`.
struct KeyRing: Program {
  let name = "gpg"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "dearmor enarmor o,output= yes batch no-default-keyring keyring= import list-keys armor,a "
        + "export keyserver= recv-keys k verify no-tty version q,quiet show-keys with-fingerprint")
    if options.has("version") {
      try await process.write("gpg (GnuPG) 2.4.4\nlibgcrypt 1.10.3\n")
      return 0
    }
    guard options.has("dearmor") || options.has("import") || options.has("show-keys") else {
      try await process.writeError(
        "drydock: not simulated: gpg \(process.arguments.first ?? "")\n")
      return 2
    }
    let input: [UInt8]
    do { input = try await process.contents(of: options.operands.first ?? "-") } catch let error
      as HostError where !error.isBudget
    {
      try await process.writeError(
        "gpg: can't open '\(options.operands.first ?? "-")': \(error.text)\n")
      return 2
    }
    let text = String(decoding: input, as: UTF8.self)
    guard text.contains("-----BEGIN PGP") else {
      try await process.writeError("gpg: no valid OpenPGP data found.\n")
      if options.has("dearmor") {
        try await process.writeError("gpg: dearmoring failed: No data\n")
      }
      return 2
    }
    if options.has("import") || options.has("show-keys") {
      try await process.writeError("gpg: key 234654DA9A296436: public key imported\n")
      return 0
    }
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("-----BEGIN") }.dropFirst().drop { !$0.isEmpty }
      .filter { !$0.hasPrefix("-----") && !$0.hasPrefix("=") }
    let bytes = Base64.decode(Array(body.joined().utf8), ignoresGarbage: true).0
    guard let path = options["o"] else {
      try await process.write(bytes)
      return 0
    }
    if process.status(path) != nil, !options.has("yes") {
      try await process.writeError("File '\(path)' exists. Overwrite? (y/N) ")
      guard try await process.readLine()?.lowercased().hasPrefix("y") == true else {
        try await process.writeError("\ngpg: signal Interrupt caught ... exiting\n")
        return 2
      }
    }
    do { try process.replace(path, with: bytes) } catch {
      try await process.writeError(
        "gpg: can't create '\(path)': \(error.text)\ngpg: dearmoring failed: \(error.text)\n")
      return 2
    }
    return 0
  }
}
