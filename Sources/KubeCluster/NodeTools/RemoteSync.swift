import KubeNode
import Linux
import Shell

/// Makes one folder like another, on this machine or over ssh: `rsync`.
struct RemoteSync: Program {
  let name = "rsync"
  nonisolated(unsafe) unowned let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    var flags: Set<Character> = []
    var plan = Plan()
    var operands: [String] = []
    var words = process.arguments[...]
    while let word = words.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts.first ?? "" {
      case "-e", "--rsh", "--rsync-path", "--chmod", "--bwlimit", "--timeout":
        if parts.count == 1 { _ = words.popFirst() }
      case "--exclude": plan.excluded.append(parts.count > 1 ? parts[1] : words.popFirst() ?? "")
      case "--delete", "--delete-after", "--delete-before": plan.deletes = true
      case "--dry-run": flags.insert("n")
      case "--archive": flags.insert("a")
      case "--recursive": flags.insert("r")
      case "--verbose": flags.insert("v")
      case "--version":
        try await process.write("rsync  version 3.2.7  protocol version 31\n")
        return 0
      case "--progress", "--stats", "--compress", "--human-readable", "--partial", "--info",
        "--checksum", "--update", "--numeric-ids":
        break
      default:
        if word.hasPrefix("--") {
          try await process.writeError(
            "rsync: \(word): unknown option\nrsync error: syntax or usage error (code 1) at "
              + "main.c(1795) [client=3.2.7]\n")
          return 1
        }
        if word.hasPrefix("-"), word.count > 1 {
          // -e inside a cluster takes the next word: -avze ssh.
          flags.formUnion(word.dropFirst())
          if word.hasSuffix("e") { _ = words.popFirst() }
        } else {
          operands.append(word)
        }
      }
    }
    guard operands.count >= 2, let last = operands.popLast() else {
      try await process.writeError(
        "rsync: [client] missing arguments: SOURCE and DEST\nrsync error: syntax or usage error "
          + "(code 1) at options.c(1) [client=3.2.7]\n")
      return 1
    }
    plan.isRecursive = flags.contains("a") || flags.contains("r")
    plan.keepsTimes = flags.contains("a") || flags.contains("t")
    plan.isDry = flags.contains("n")
    let copies = SecureCopy(cluster)
    guard let target = try await copies.place(last, process) else { return 255 }
    var run = SyncRun(plan: plan, process: process)
    for operand in operands {
      guard let source = try await copies.place(operand, process) else { return 255 }
      try await run.take(operand, source, target, trailing: last)
    }
    if flags.contains("v") { try await process.write(run.report(isRemote: last.contains(":"))) }
    guard run.hasFailed else { return 0 }
    try await process.writeError(
      "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at "
        + "main.c(1338) [sender=3.2.7]\n")
    return 23
  }

  fileprivate struct Plan {
    var isRecursive = false
    var keepsTimes = false
    var isDry = false
    var deletes = false
    var excluded: [String] = []

    func excludes(_ name: String) -> Bool {
      excluded.contains { pattern in
        let plain = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
        guard let star = plain.firstIndex(of: "*") else {
          return plain == name || plain == "/" + name
        }
        return name.hasPrefix(plain[..<star])
          && name.hasSuffix(plain[plain.index(after: star)...].drop { $0 == "*" })
      }
    }
  }
}

/// One run of rsync.
private struct SyncRun {
  let plan: RemoteSync.Plan
  let process: Linux.Process
  private var lines: [String] = []
  private var sent = 0
  private var total = 0
  private(set) var hasFailed = false

  init(plan: RemoteSync.Plan, process: Linux.Process) {
    self.plan = plan
    self.process = process
  }

  /// A source with a slash at its end is what is in it.
  mutating func take(
    _ operand: String, _ source: SecureCopy.Place, _ target: SecureCopy.Place, trailing: String
  ) async throws {
    let kind = source.machine.files.status(source.path, in: source.directory)?.kind
    guard let kind else {
      hasFailed = true
      try await process.writeError(
        "rsync: [sender] link_stat \"\(process.absolute(source.path))\" failed: No such file or "
          + "directory (2)\n")
      return
    }
    let name = source.path.split(separator: "/").last.map(String.init) ?? ""
    var to = target
    let targetKind = target.machine.files.status(target.path, in: target.directory)?.kind
    if kind == .directory {
      guard plan.isRecursive else {
        lines.append("skipping directory \(name)")
        return
      }
      let isInside = operand.hasSuffix("/") || name == "."
      if targetKind == nil {
        let path = target.path
        lines.append(
          "created directory \(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)"
        )
        make(to, 0o755)
      }
      if !isInside { to.path += "/" + name }
      try await folder(source, to, shown: isInside ? "" : name + "/", depth: 0)
    } else {
      if targetKind == .directory || trailing.hasSuffix("/") {
        if targetKind == nil { make(to, 0o755) }
        to.path += "/" + name
      }
      try await file(source, to, shown: name)
    }
  }

  private mutating func make(_ place: SecureCopy.Place, _ mode: Int) {
    guard !plan.isDry else { return }
    try? place.machine.files.makeDirectory(place.path, in: place.directory, mode: mode)
  }

  private mutating func folder(
    _ source: SecureCopy.Place, _ target: SecureCopy.Place, shown: String, depth: Int
  ) async throws {
    guard depth < 64 else { return }
    try await process.step(8)
    let (from, to) = (source.machine.files, target.machine.files)
    let names = ((try? from.names(in: source.path, of: source.directory)) ?? []).sorted()
      .filter { !plan.excludes($0) }
    let known = try? to.names(in: target.path, of: target.directory)
    if known == nil { make(target, from.status(source.path, in: source.directory)?.mode ?? 0o755) }
    let first = lines.count
    if plan.deletes {
      for name in (known ?? []).sorted().reversed()
      where !names.contains(name) && !plan.excludes(name) {
        let place = SecureCopy.Place(
          machine: target.machine, path: target.path + "/" + name, directory: target.directory)
        let isFolder = to.status(place.path, in: place.directory)?.kind == .directory
        lines.append("deleting \(shown)\(name)\(isFolder ? "/" : "")")
        if !plan.isDry { try? to.removeAll(Self.absolute(place)) }
      }
    }
    var folders: [String] = []
    for name in names {
      let inner = SecureCopy.Place(
        machine: source.machine, path: source.path + "/" + name, directory: source.directory)
      if from.status(inner.path, in: inner.directory)?.kind == .directory {
        folders.append(name)
        continue
      }
      let outer = SecureCopy.Place(
        machine: target.machine, path: target.path + "/" + name, directory: target.directory)
      try await file(inner, outer, shown: shown + name)
    }
    if known == nil || lines.count > first {
      lines.insert(shown.isEmpty ? "./" : shown, at: first)
    }
    for name in folders {
      let inner = SecureCopy.Place(
        machine: source.machine, path: source.path + "/" + name, directory: source.directory)
      let outer = SecureCopy.Place(
        machine: target.machine, path: target.path + "/" + name, directory: target.directory)
      try await folder(inner, outer, shown: shown + name + "/", depth: depth + 1)
    }
  }

  private static func absolute(_ place: SecureCopy.Place) -> String {
    place.path.hasPrefix("/") ? place.path : place.directory + "/" + place.path
  }

  /// What has the same size and time is taken for the same.
  private mutating func file(
    _ source: SecureCopy.Place, _ target: SecureCopy.Place, shown: String
  ) async throws {
    let (from, to) = (source.machine.files, target.machine.files)
    guard let status = from.status(source.path, in: source.directory) else { return }
    total += Int(status.size)
    let old = to.status(target.path, in: target.directory)
    if let old, old.size == status.size,
      old.modified / 1_000_000_000 == status.modified / 1_000_000_000
    {
      return
    }
    lines.append(shown)
    guard !plan.isDry else { return }
    do {
      let bytes = try from.read(source.path, in: source.directory)
      try await process.step(1 + bytes.count / 256)
      try to.write(bytes, to: target.path, in: target.directory, mode: status.mode & 0o777)
      if plan.keepsTimes {
        try to.changeTimes(
          target.path, modified: status.modified, accessed: nil, in: target.directory)
      }
      sent += bytes.count
    } catch let error as HostError where !error.isBudget {
      hasFailed = true
      try await process.writeError(
        "rsync: [receiver] open \"\(Self.absolute(target))\" failed: \(error.text)\n")
    }
  }

  func report(isRemote: Bool) -> String {
    let overhead = 60 + lines.reduce(0) { $0 + 36 + $1.utf8.count }
    let (out, back) = (sent + overhead, 35 + 19 * lines.count)
    let all = Double(out + back)
    func grouped(_ number: Int) -> String {
      let digits = Array("\(number)")
      return digits.indices.map { index in
        (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
      }.joined()
    }
    let speed = Int(all * (isRemote ? 2 / 3.0 : 2) * 100)
    let speedup = Int((Double(total) / all * 100).rounded())
    func hundredths(_ number: Int) -> String {
      grouped(number / 100) + "." + (number % 100 < 10 ? "0" : "") + "\(number % 100)"
    }
    return "sending incremental file list\n" + lines.map { $0 + "\n" }.joined()
      + "\nsent \(grouped(out)) bytes  received \(grouped(back)) bytes  \(hundredths(speed)) bytes/sec\n"
      + "total size is \(grouped(total))  speedup is \(hundredths(speedup))"
      + "\(plan.isDry ? " (DRY RUN)" : "")\n"
  }
}
