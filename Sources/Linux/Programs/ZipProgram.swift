import Shell
import Simulation

/// Packs files into an archive: `zip`.
struct ZipProgram: Program {
  let name = "zip"
  private static let deepest = 200

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "r,recurse-paths q,quiet j,junk-paths v,verbose y u,update d,delete m 0 1 2 3 4 5 6 7 8 9 x= i= e",
      status: 16)
    guard let first = options.operands.first, options.operands.count > 1 else {
      try await process.writeError(
        "\nzip error: Nothing to do! (\(options.operands.first ?? "zip"))\n")
      return 12
    }
    if options.has("e") || options.has("d") {
      try await process.writeError("drydock: not simulated: this use of zip\n")
      return 16
    }
    let path = first.split(separator: "/").last?.contains(".") == true ? first : first + ".zip"
    var members: [ZipArchive.Member] = []
    if process.status(path) != nil {
      guard let found = ZipArchive.members(of: try await process.contents(of: path)) else {
        try await process.writeError("\nzip error: Zip file structure invalid (\(path))\n")
        return 3
      }
      members = found
    }
    var isPartial = false
    for operand in options.operands.dropFirst() {
      guard process.status(operand) != nil else {
        try await process.writeError("\tzip warning: name not matched: \(operand)\n")
        isPartial = true
        continue
      }
      try await add(operand, to: &members, process, options, depth: 0)
    }
    guard !members.isEmpty else {
      try await process.writeError("\nzip error: Nothing to do! (\(path))\n")
      return 12
    }
    try process.replace(path, with: ZipArchive.bytes(of: members))
    return isPartial ? 18 : 0
  }

  private func add(
    _ path: String, to members: inout [ZipArchive.Member], _ process: Process, _ options: Options,
    depth: Int
  ) async throws {
    try await process.step(4)
    guard depth < Self.deepest, let status = process.status(path) else { return }
    let isDirectory = status.kind == .directory
    var name = String(path.drop { $0 == "/" })
    if name.hasPrefix("./") { name = String(name.dropFirst(2)) }
    while name.hasSuffix("/") { name.removeLast() }
    if options.has("j") { name = name.split(separator: "/").last.map(String.init) ?? name }
    if !name.isEmpty, name != ".", !(isDirectory && options.has("j")) {
      let full = name + (isDirectory ? "/" : "")
      let member = ZipArchive.Member(
        name: full, mode: status.mode, modified: status.modified / 1_000_000_000,
        bytes: isDirectory ? [] : try await process.contents(of: path))
      let old = members.firstIndex { $0.name == full }
      if let old { members[old] = member } else { members.append(member) }
      if !options.has("q") {
        try await process.write("  \(old == nil ? "adding" : "updating"): \(full) (stored 0%)\n")
      }
      guard members.reduce(0, { $0 + $1.bytes.count }) <= process.machine.budgets.memory else {
        throw HostError.budget(
          "drydock: archive larger than \(process.machine.budgets.memory) bytes")
      }
    }
    guard isDirectory, options.has("r") else { return }
    let base = path.hasSuffix("/") ? path : path + "/"
    for child in try process.names(in: path) {
      try await add(base + child, to: &members, process, options, depth: depth + 1)
    }
  }
}

/// Lists and unpacks such archives: `unzip`.
struct UnzipProgram: Program {
  let name = "unzip"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, "l v p t o n q qq d= j x= f u", status: 10)
    guard let given = options.operands.first else {
      try await process.write("UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n")
      return 10
    }
    guard let path = [given, given + ".zip"].first(where: { process.status($0) != nil }) else {
      try await process.writeError(
        "unzip:  cannot find or open \(given), \(given).zip or \(given).ZIP.\n")
      return 9
    }
    guard let all = ZipArchive.members(of: try await process.contents(of: path)) else {
      try await process.writeError(
        "Archive:  \(path)\n  End-of-central-directory signature not found.  Either this file is "
          + "not\n  a zipfile, or it constitutes one disk of a multi-part archive.\n")
      return 9
    }
    let wanted = options.operands.dropFirst()
    let members =
      wanted.isEmpty
      ? all
      : all.filter { member in
        wanted.contains { Glob($0).matches(member.name) }
      }
    if !options.has("q"), !options.has("qq"), !options.has("p") {
      try await process.write("Archive:  \(path)\n")
    }
    if options.has("l") || options.has("v") { return try await list(members, process) }
    for member in members {
      if let status = try await extract(member, process, options) { return status }
    }
    return 0
  }

  private func list(_ members: [ZipArchive.Member], _ process: Process) async throws -> ExitStatus {
    func right(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    var text = "  Length      Date    Time    Name\n---------  ---------- -----   ----\n"
    for member in members {
      let date = Calendar(Moment(seconds: member.modified)).formatted("%Y-%m-%d %H:%M")
      text += "\(right(member.bytes.count))  \(date)   \(member.name)\n"
    }
    let total = members.reduce(0) { $0 + $1.bytes.count }
    text += "---------                     -------\n\(right(total))                     "
    text += "\(members.count) file\(members.count == 1 ? "" : "s")\n"
    try await process.write(text)
    return 0
  }

  private func extract(
    _ member: ZipArchive.Member, _ process: Process, _ options: Options
  ) async throws -> ExitStatus? {
    try await process.step(4 + member.bytes.count / 256)
    guard member.isStored else {
      try await process.writeError(
        "drydock: not simulated: expanding what \(member.name) was squeezed by\n")
      return 81
    }
    if options.has("p") {
      try await process.write(member.bytes)
      return nil
    }
    // A member may not climb out of the directory.
    var parts = member.name.split(separator: "/").map(String.init).filter {
      $0 != ".." && $0 != "."
    }
    if options.has("j") { parts = Array(parts.suffix(1)) }
    guard !parts.isEmpty, !(options.has("j") && member.isDirectory) else { return nil }
    var base = options["d"] ?? ""
    if !base.isEmpty {
      if process.status(base) == nil {
        try process.machine.files.makeDirectories(process.absolute(base))
      }
      if !base.hasSuffix("/") { base += "/" }
    }
    let path = base + parts.joined(separator: "/")
    func pad(_ text: String) -> String {
      text + String(repeating: " ", count: max(0, 22 - text.count)) + "  "
    }
    let isQuiet = options.has("q") || options.has("qq")
    if member.isDirectory {
      guard process.status(path) == nil else { return nil }
      try process.machine.files.makeDirectories(process.absolute(path))
      if !isQuiet { try await process.write("   creating: \(path)/\n") }
      return nil
    }
    if let parent = path.lastIndex(of: "/"), process.status(String(path[..<parent])) == nil {
      try process.machine.files.makeDirectories(process.absolute(String(path[..<parent])))
    }
    if process.status(path) != nil, !options.has("o") {
      if options.has("n") { return nil }
      try await process.write("replace \(path)? [y]es, [n]o, [A]ll, [N]one, [r]ename: ")
      let answer = try await process.readLine()
      guard answer?.lowercased().hasPrefix("y") == true || answer == "A" else { return nil }
    }
    try process.replace(path, with: member.bytes)
    try process.machine.files.changeMode(
      path, to: member.mode, in: process.directory, process.caller)
    if !isQuiet { try await process.write(" extracting: \(pad(path))\n") }
    return nil
  }
}
