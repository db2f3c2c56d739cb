import Shell

/// Shows memory: `free`.
struct Free: Program {
  let name = "free"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "h,human m,mebi g,gibi k,kibi b,bytes t,total w,wide")
    let machine = process.machine
    let total = machine.memoryKiB
    let used = machine.usedMemoryKiB
    let cached = (total - used) * 2 / 10
    func shown(_ kibibytes: Int64) -> String {
      if options.has("h") {
        if process.isBusyBox { return HumanSize.busyBox(Int(kibibytes) * 1024) }
        return HumanSize.text(Int(kibibytes) * 1024) + (kibibytes == 0 ? "B" : "i")
      }
      if options.has("m") { return "\(kibibytes / 1024)" }
      if options.has("g") { return "\(kibibytes / 1024 / 1024)" }
      if options.has("b") { return "\(kibibytes * 1024)" }
      return "\(kibibytes)"
    }
    // The first column of procps is a blank wider than the others.
    let gap = process.isBusyBox ? "" : " "
    func row(_ name: String, _ values: [Int64], _ gap: String) -> String {
      name + gap
        + values.map { value in
          let text = shown(value)
          return String(repeating: " ", count: max(0, 12 - text.count)) + text
        }.joined() + "\n"
    }
    try await process.write(
      gap + "              total        used        free      shared  buff/cache   available\n"
        + row("Mem:   ", [total, used, total - used - cached, 0, cached, total - used], gap)
        + row("Swap:  ", [0, 0, 0], gap))
    return 0
  }
}

/// Shows file systems and their room: `df`.
struct DiskFree: Program {
  let name = "df"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "h,human-readable T,print-type k a,all i,inodes H t= x= P m,block-size= B= l")
    let files = process.machine.files
    var mounts = files.mounts.filter {
      options.has("a") || !["proc", "sysfs", "cgroup2"].contains($0.fileSystem.type)
    }
    if !options.operands.isEmpty {
      mounts = []
      for path in options.operands {
        guard let place = try? files.walk(path, in: process.directory, process.caller) else {
          try await process.complain(
            "\(path): No such file or directory", busyBox: "\(path): can't find mount point")
          return 1
        }
        mounts.append(place.mount)
      }
    }
    let human = options.has("h") || options.has("H")
    let isSmall = process.isBusyBox
    let unit = options.has("m") && (isSmall || options["m"] == nil) ? 1 << 20 : 1 << 10
    let counts = options.has("i")
    // BusyBox says Available in any case.
    let heads =
      counts
      ? isSmall ? ["Inodes", "Used", "Available", "Use%"] : ["Inodes", "IUsed", "IFree", "IUse%"]
      : [
        human ? "Size" : unit == 1 << 20 ? "1M-blocks" : "1K-blocks", "Used",
        human && !isSmall ? "Avail" : "Available", "Use%",
      ]
    var rows = [
      ["Filesystem"] + (options.has("T") ? ["Type"] : []) + heads + ["Mounted on"]
    ]
    for mount in mounts {
      let system = mount.fileSystem
      // ext4 has an inode for every 16 KiB.
      let size = (system.capacity ?? 20 << 30) / (counts ? 16384 : 1)
      let occupied = counts ? system.inodeCount : system.occupied
      let own = occupied > 0 || mount.path != "/" ? occupied : size / 8
      let used = min(size, system.used + own)
      func shown(_ bytes: Int) -> String {
        if human { return isSmall ? HumanSize.busyBox(bytes) : HumanSize.text(bytes) }
        return "\(bytes / (counts ? 1 : unit))"
      }
      let share = size == 0 ? 0 : (used * 100 + size - 1) / size
      rows.append(
        [mount.source] + (options.has("T") ? [mount.fileSystem.type] : [])
          + [shown(size), shown(used), shown(size - used), "\(share)%", mount.path])
    }
    var widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    if isSmall {
      // BusyBox has columns of its own widths.
      let least = [20] + (options.has("T") ? [10] : []) + [9, 9, 9, 4, 0]
      widths = zip(widths, least).map(max)
    } else {
      // Coreutils' least widths.
      let least = [14] + (options.has("T") ? [4] : []) + [5, 5, 5, 4, 0]
      widths = zip(widths, least).map(max)
    }
    for row in rows {
      var line = ""
      for (column, text) in row.enumerated() {
        let pad = String(repeating: " ", count: widths[column] - text.count)
        let isText = column == 0 || (options.has("T") && column == 1)
        let isLast = column == row.count - 1
        line += (column > 0 ? " " : "") + (isText ? text + pad : isLast ? text : pad + text)
      }
      try await process.write(line + "\n")
    }
    return 0
  }
}

/// Sums up what files take: `du`.
struct DiskUsage: Program {
  let name = "du"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "s,summarize h,human-readable a,all c,total d,max-depth= k m b,bytes x L S,apparent-size")
    let count = Counting(process: process, options: options)
    var total = 0
    var status: ExitStatus = 0
    for path in options.operands.isEmpty ? ["."] : options.operands {
      guard process.status(path, followingLinks: false) != nil else {
        try await process.complain(
          "cannot access '\(path)': \(process.failure(of: path).text)",
          busyBox: "\(path): \(process.failure(of: path).text)")
        status = 1
        continue
      }
      total += try await count.size(path, depth: 0)
    }
    if options.has("c") { try await process.write("\(count.shown(total))\ttotal\n") }
    return status
  }

  private struct Counting {
    let process: Process
    let options: Options

    func shown(_ bytes: Int) -> String {
      if options.has("h") {
        return process.isBusyBox ? HumanSize.busyBox(bytes) : HumanSize.text(bytes)
      }
      if options.has("b") { return "\(bytes)" }
      if options.has("m") { return "\((bytes + (1 << 20) - 1) >> 20)" }
      return "\((bytes + 1023) / 1024)"
    }

    func size(_ path: String, depth: Int) async throws -> Int {
      try await process.step(2)
      guard let status = process.status(path, followingLinks: false), depth < 200 else { return 0 }
      var sum =
        options.has("b") || options.has("S")
        ? status.size : status.kind == .link ? 0 : (status.size + 4095) / 4096 * 4096
      let isDirectory = status.kind == .directory
      if isDirectory {
        for name in (try? process.names(in: path)) ?? [] {
          let below = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
          if below == "/proc" || below == "/sys" { continue }
          sum += try await size(below, depth: depth + 1)
        }
      }
      let most = options["d"].flatMap { Int($0) } ?? (options.has("s") ? 0 : .max)
      if depth <= most, isDirectory || options.has("a") || depth == 0 {
        try await process.write("\(shown(sum))\t\(path)\n")
      }
      return sum
    }
  }
}
