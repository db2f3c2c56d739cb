import Shell
import Simulation

/// Packs files into an archive and unpacks them: `tar`.
struct TapeArchive: Program {
  let name = "tar"

  func run(_ process: Process) async throws -> ExitStatus {
    var arguments = process.arguments
    // The old form: the first word is letters without a dash.
    if let first = arguments.first, !first.hasPrefix("-") { arguments[0] = "-" + first }
    let options = try Options(
      arguments,
      "c,create x,extract,get t,list f,file= C,directory= v,verbose z,gzip J,xz j,bzip2 a,auto-compress m,touch p,same-permissions "
        + "O,to-stdout h,dereference k,keep-old-files P,absolute-names exclude= "
        + "strip-components= no-same-owner no-same-permissions same-owner o numeric-owner "
        + "overwrite warning=", status: 64)
    let operation = options.last(of: "c", "x", "t")
    guard let operation else {
      if process.isBusyBox { throw UsageError("no operation") }
      try await process.complain(
        "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
      return 2
    }
    var run = TapeRun(process: process, options: options)
    switch operation {
    case "c": try await run.create()
    case "x": try await run.extract()
    default: try await run.list()
    }
    if run.hasFailed, process.isBusyBox {
      if operation == "c" {
        try await process.complain("error exit delayed from previous errors")
      }
      return 1
    }
    if run.hasFailed {
      try await process.complain("Exiting with failure status due to previous errors")
      return 2
    }
    return 0
  }
}

/// One run of tar.
private struct TapeRun {
  let process: Process
  let options: Options
  var hasFailed = false
  private var directory: String
  private var hasToldOfRoot = false
  private var ownerWidth = 18
  private static let deepest = 200

  init(process: Process, options: Options) {
    self.process = process
    self.options = options
    directory = options["C"] ?? ""
  }

  private func located(_ path: String) -> String {
    if path.hasPrefix("/") || directory.isEmpty { return path }
    return directory.hasSuffix("/") ? directory + path : directory + "/" + path
  }

  private mutating func fail(_ text: String) async throws {
    hasFailed = true
    try await process.complain(text)
  }

  // MARK: create

  mutating func create() async throws {
    guard !options.operands.isEmpty else {
      hasFailed = true
      try await process.complain("Cowardly refusing to create an empty archive")
      return
    }
    let target = options["f"] ?? "-"
    var archive: [UInt8] = []
    for operand in options.operands { try await add(operand, to: &archive, target, depth: 0) }
    archive += Archive.end
    let isAutomatic = options.has("a")
    if options.has("z") || isAutomatic && target.hasSuffix("gz") {
      archive = Gzip.compress(archive)
    } else if options.has("J") || isAutomatic && target.hasSuffix("xz") {
      archive = XZ.compress(archive)
    } else if options.has("j") || isAutomatic && target.hasSuffix("bz2") {
      try await process.step(archive.count / 4)
      archive = Bzip2.compress(archive)
    }
    if target == "-" {
      try await process.write(archive)
    } else {
      try process.replace(target, with: archive)
    }
  }

  private mutating func add(
    _ path: String, to archive: inout [UInt8], _ target: String, depth: Int
  ) async throws {
    try await process.step(4)
    guard depth < Self.deepest else { return }
    let place = located(path)
    guard let status = process.status(place, followingLinks: options.has("h")) else {
      let reason = process.failure(of: place).text
      return try await fail("\(path): \(process.isBusyBox ? "" : "Cannot stat: ")\(reason)")
    }
    if options.values("exclude").contains(where: { path == $0 || path.hasSuffix("/" + $0) }) {
      return
    }
    var name = path
    if name.hasPrefix("/"), !options.has("P") {
      if !hasToldOfRoot {
        hasToldOfRoot = true
        try await process.complain("Removing leading `/' from member names")
      }
      name = String(name.drop { $0 == "/" })
      if name.isEmpty { name = "." }
    }
    var member = Archive.Member(
      name: name, kind: .file, mode: status.mode, modified: status.modified / 1_000_000_000)
    member.owner = status.owner
    member.group = status.group
    if options.has("v") {
      let shown = (status.kind == .directory ? name + "/" : name) + "\n"
      if target == "-" {
        try await process.writeError(shown)
      } else {
        try await process.write(shown)
      }
    }
    switch status.kind {
    case .directory:
      member.kind = .directory
      archive += Archive.bytes(of: member)
      let base = path.hasSuffix("/") ? path : path + "/"
      for child in try process.names(in: place) {
        try await add(base + child, to: &archive, target, depth: depth + 1)
      }
    case .link:
      let found = try? process.machine.files.walk(
        place, in: process.directory, process.caller, followingLast: false)
      if case .link(let target)? = found?.inode?.kind { member.kind = .link(target) }
      archive += Archive.bytes(of: member)
    case .file:
      do {
        member.bytes = try await process.contents(of: place)
        archive += Archive.bytes(of: member)
      } catch let error as HostError where !error.isBudget {
        try await fail("\(path): Cannot open: \(error.text)")
      }
    default: break
    }
    guard archive.count <= process.machine.budgets.memory else {
      throw HostError.budget("drydock: archive larger than \(process.machine.budgets.memory) bytes")
    }
  }

  // MARK: extract and list

  private mutating func members() async throws -> [Archive.Member] {
    let path = options["f"] ?? "-"
    var bytes: [UInt8]
    do { bytes = try await process.contents(of: path) } catch let error as HostError
      where !error.isBudget
    {
      if !process.isBusyBox {
        try await process.complain("\(path): Cannot open: \(error.text)")
      }
      throw UsageError(
        "Error is not recoverable: exiting now", hint: false, status: 2,
        busyBox: "can't open '\(path)': \(error.text)")
    }
    if process.isBusyBox, options.has("z"), !Gzip.isCompressed(bytes) {
      try await process.complain("invalid magic")
      throw UsageError("short read", hint: false)
    }
    if Gzip.isCompressed(bytes) { bytes = Gzip.decompress(bytes) ?? [] }
    if XZ.isCompressed(bytes) { bytes = XZ.decompress(bytes) ?? [] }
    if Bzip2.isCompressed(bytes) {
      bytes = Bzip2.decompress(bytes, limit: process.machine.budgets.memory) ?? []
    }
    guard let members = Archive.members(of: bytes) else {
      try await process.complain("This does not look like a tar archive", busyBox: "short read")
      hasFailed = true
      return []
    }
    let wanted = options.operands
    guard !wanted.isEmpty else { return members }
    for name in wanted where !members.contains(where: { Self.matches($0.name, name) }) {
      try await fail("\(name): \(process.isBusyBox ? "not" : "Not") found in archive")
    }
    return members.filter { member in wanted.contains { Self.matches(member.name, $0) } }
  }

  private static func matches(_ name: String, _ wanted: String) -> Bool {
    let plain = wanted.hasSuffix("/") ? String(wanted.dropLast()) : wanted
    return name == plain || name == plain + "/" || name.hasPrefix(plain + "/")
  }

  mutating func list() async throws {
    for member in try await members() {
      guard options.has("v") else {
        try await process.write(member.name + "\n")
        continue
      }
      let accounts = process.machine.accounts
      var kind = FileStatus.Kind.file
      var end = ""
      switch member.kind {
      case .directory: kind = .directory
      case .link(let target):
        kind = .link
        end = " -> " + target
      case .file: break
      }
      let status = FileStatus(
        kind: kind, size: member.bytes.count, mode: member.mode, owner: 0, group: 0, modified: 0,
        identity: 0)
      let who = "\(accounts.userName(member.owner))/\(accounts.groupName(member.group))"
      let calendar = Calendar(Moment(seconds: member.modified))
      var size = "\(member.bytes.count)"
      if process.isBusyBox {
        // BusyBox tells seconds, and gives sizes nine places.
        size = String(repeating: " ", count: max(0, 9 - size.count)) + size
        let date = calendar.formatted("%Y-%m-%d %H:%M:%S")
        try await process.write(
          "\(FileMode.text(status)) \(who) \(size) \(date) \(member.name)\(end)\n")
        continue
      }
      // GNU widens the column of owner and size by what it has seen, from 19 up.
      ownerWidth = max(ownerWidth, who.count + 1 + size.count)
      let gap = String(repeating: " ", count: ownerWidth - who.count - size.count)
      try await process.write(
        "\(FileMode.text(status)) \(who)\(gap)\(size) \(calendar.shortText) "
          + "\(member.name)\(end)\n")
    }
  }

  mutating func extract() async throws {
    let strip = options["strip-components"].flatMap { Int($0) } ?? 0
    for member in try await members() {
      try await process.step(4 + member.bytes.count / 256)
      var parts = member.name.split(separator: "/").map(String.init).filter { $0 != "." }
      // A member may not climb out of the directory.
      guard !parts.contains("..") else {
        try await fail("\(member.name): Member name contains '..'")
        continue
      }
      parts = Array(parts.dropFirst(max(0, strip)))
      guard !parts.isEmpty else { continue }
      if options.has("v") { try await process.write(member.name + "\n") }
      if options.has("O") {
        try await process.write(member.bytes)
        continue
      }
      do {
        try place(member, parts)
      } catch {
        try await fail("\(member.name): Cannot open: \(error.text)")
      }
    }
  }

  private func place(_ member: Archive.Member, _ parts: [String]) throws(HostError) {
    var parent = ""
    for part in parts.dropLast() {
      parent += (parent.isEmpty ? "" : "/") + part
      if process.status(located(parent)) == nil { try process.makeDirectory(located(parent)) }
    }
    let path = located(parts.joined(separator: "/"))
    switch member.kind {
    case .directory:
      if process.status(path) == nil { try process.makeDirectory(path, mode: member.mode) }
    case .link(let target):
      if process.status(path, followingLinks: false) != nil { try process.remove(path) }
      try process.machine.files.makeLink(
        process.absolute(path), to: target, in: process.directory, process.caller)
    case .file:
      if process.status(path) != nil, process.status(path)?.kind != .directory {
        try process.remove(path)
      }
      try process.replace(path, with: member.bytes)
      let mode = process.caller.user == 0 ? member.mode : member.mode & ~process.fileMask
      try process.machine.files.changeMode(path, to: mode, in: process.directory, process.caller)
      if !options.has("m") {
        try? process.machine.files.changeTimes(
          path, modified: member.modified * 1_000_000_000, accessed: nil, in: process.directory,
          process.caller)
      }
    }
  }
}

extension Calendar {
  /// 2026-06-01 09:30
  fileprivate var shortText: String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(month))-\(two(day)) \(two(hour)):\(two(minute))"
  }
}
