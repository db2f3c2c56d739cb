import Shell
import Simulation

/// Reads and sets the kernel's settings: `sysctl`.
struct KernelSettings: Program {
  let name = "sysctl"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "w,write n,values e,ignore p,load? system a,all N q,quiet")
    if options.has("a") { return try await all(process, options) }
    if options.has("p") || options.has("system") { return try await load(process, options) }
    guard !options.operands.isEmpty else {
      throw UsageError("no variables specified")
    }
    var status: ExitStatus = 0
    for word in options.operands {
      let ok = try await one(word, process, options)
      if !ok { status = options.has("e") ? 0 : 255 }
    }
    return status
  }

  private func path(_ key: String) -> String {
    "/proc/sys/" + key.split(separator: ".").joined(separator: "/")
  }

  /// `a.b` shows, `a.b=c` sets.
  private func one(_ word: String, _ process: Process, _ options: Options) async throws -> Bool {
    let equal = word.firstIndex(of: "=")
    let key = String(word[..<(equal ?? word.endIndex)].filter { !$0.isWhitespace })
      .split(separator: "/").joined(separator: ".")
    let files = process.machine.files
    guard let old = files.text(path(key), process.caller) else {
      if !options.has("e") {
        try await process.writeError(
          "sysctl: cannot stat \(path(key)): No such file or directory\n")
      }
      return false
    }
    var value = old.split(separator: "\n").joined(separator: " ")
    if let equal {
      value = String(word[word.index(after: equal)...].drop { $0 == " " })
      guard process.caller.capabilities.contains(.sysAdmin) else {
        try await process.writeError("sysctl: permission denied on key \"\(key)\"\n")
        return false
      }
      try files.write(value + "\n", to: path(key))
    }
    if !options.has("q") {
      try await process.write(options.has("n") ? value + "\n" : "\(key) = \(value)\n")
    }
    return true
  }

  /// Settings of files: of one, or with --system of every place that has some.
  private func load(_ process: Process, _ options: Options) async throws -> ExitStatus {
    var paths: [String] = []
    if options.has("system") {
      for folder in ["/run/sysctl.d", "/etc/sysctl.d", "/usr/lib/sysctl.d"] {
        let names = ((try? process.names(in: folder)) ?? []).filter { $0.hasSuffix(".conf") }
        paths += names.sorted().map { "\(folder)/\($0)" }
      }
      if process.status("/etc/sysctl.conf") != nil { paths.append("/etc/sysctl.conf") }
    } else {
      paths = [options["p"] ?? options.operands.first ?? "/etc/sysctl.conf"]
    }
    for path in paths {
      guard let text = process.machine.files.text(process.absolute(path), process.caller) else {
        try await process.writeError("sysctl: cannot open \"\(path)\": No such file or directory\n")
        return 255
      }
      if options.has("system") { try await process.write("* Applying \(path) ...\n") }
      for line in text.split(separator: "\n") {
        let line = line.trimmedSides
        guard let first = line.first, first != "#", first != ";", line.contains("=") else {
          continue
        }
        _ = try await one(String(line.first == "-" ? line.dropFirst() : line), process, options)
      }
    }
    return 0
  }

  private func all(_ process: Process, _ options: Options) async throws -> ExitStatus {
    var text = ""
    func read(_ folder: String, _ key: String) {
      for name in ((try? process.names(in: folder)) ?? []).sorted() where !name.hasPrefix(".") {
        let path = "\(folder)/\(name)"
        let inner = key.isEmpty ? name : "\(key).\(name)"
        if process.status(path)?.kind == .directory {
          read(path, inner)
        } else if let value = process.machine.files.text(path, process.caller) {
          text += "\(inner) = \(value)"
        }
      }
    }
    read("/proc/sys", "")
    try await process.write(text)
    return 0
  }
}

/// Loads, lists and describes kernel modules: `modprobe`, `lsmod`, `modinfo`.
struct KernelModules: Program {
  let name: String

  init(_ name: String) { self.name = name }

  private static let known: Set<String> = [
    "br_netfilter", "overlay", "ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh", "nf_conntrack",
    "ip_tables", "iptable_nat", "nf_nat", "bridge", "veth", "vxlan", "dummy", "nfs", "fuse",
    "wireguard", "zfs", "tun", "sctp", "dccp",
  ]

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    let loaded = modules(process)
    if name == "lsmod" {
      try await process.write(
        "Module                  Size  Used by\n"
          + loaded.map { module in
            let size = module.size
            return module.name + String(repeating: " ", count: max(1, 20 - module.name.count))
              + String(repeating: " ", count: max(1, 8 - "\(size)".count)) + "\(size)  0\n"
          }.joined())
      return 0
    }
    guard let wanted = words.first else {
      throw UsageError("missing parameters. See -h.", hint: false)
    }
    let plain = String(wanted.map { $0 == "-" ? "_" : $0 })
    if name == "modinfo" {
      guard Self.known.contains(plain) else {
        try await process.writeError("modinfo: ERROR: Module \(wanted) not found.\n")
        return 1
      }
      try await process.write(
        "filename:       /lib/modules/\(process.machine.kernel)/kernel/\(plain).ko.zst\n"
          + "license:        GPL\nname:           \(plain)\n")
      return 0
    }
    guard process.caller.user == 0 else {
      try await process.writeError(
        "modprobe: ERROR: could not insert '\(plain)': Operation not permitted\n")
      return 1
    }
    guard Self.known.contains(plain) || loaded.contains(where: { $0.name == plain }) else {
      try await process.writeError(
        "modprobe: FATAL: Module \(wanted) not found in directory /lib/modules/"
          + "\(process.machine.kernel)\n")
      return 1
    }
    let list = "/run/modules"
    var names = loaded.map(\.name)
    if process.arguments.contains("-r") {
      names.removeAll { $0 == plain }
    } else if !names.contains(plain) {
      names.insert(plain, at: 0)
    }
    try process.machine.files.write(names.map { $0 + "\n" }.joined(), to: list)
    return 0
  }

  private func modules(_ process: Process) -> [(name: String, size: Int)] {
    let text =
      process.machine.files.text("/run/modules") ?? process.machine.files.text("/proc/modules")
      ?? ""
    let sizes = ["overlay": 212_992, "br_netfilter": 32_768]
    return text.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first.map { (String($0), sizes[String($0)] ?? 16_384) }
    }
  }
}

/// Turns swap off and on: `swapoff`, `swapon`. There is none, so that there is nothing to do.
struct SwapSwitch: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    _ = try Options(process.arguments, "a,all v,verbose s,summary show? noheadings")
    guard process.caller.user == 0 || process.arguments.contains("--show") else {
      throw UsageError("Not superuser.", hint: false)
    }
    return 0
  }
}

/// Shows what is mounted, and mounts: `mount`, `umount`, `findmnt`.
struct MountProgram: Program {
  let name: String

  init(_ name: String) { self.name = name }

  /// BusyBox asks the kernel, and hands on what it says.
  private func refusal(_ options: Options) -> String {
    let last = options.operands.last ?? ""
    if name == "umount" { return "can't unmount \(last): \(HostError.notPermitted.text)" }
    return options.operands.count < 2
      ? "can't find \(last) in /etc/fstab" : "permission denied (are you root?)"
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "t,types= o,options= a,all r,read-only w l,lazy f,force n,noheadings v bind D,df T,target= S,source= output= J"
    )
    let files = process.machine.files
    if name == "findmnt" || name == "mount" && options.operands.isEmpty {
      return try await show(process, options)
    }
    guard process.caller.capabilities.contains(.sysAdmin) else {
      throw UsageError(
        name == "mount"
          ? "\(options.operands.last ?? ""): must be superuser to use mount."
          : "\(options.operands.last ?? ""): must be superuser to unmount.", hint: false,
        status: 32,
        busyBox: refusal(options))
    }
    if name == "umount" {
      for path in options.operands where !files.unmount(process.absolute(path)) {
        throw UsageError("\(path): not mounted.", hint: false, status: 32)
      }
      return 0
    }
    guard options.operands.count == 2 else {
      throw UsageError("\(options.operands[0]): can't find in /etc/fstab.", hint: false)
    }
    let (source, target) = (options.operands[0], process.absolute(options.operands[1]))
    guard process.status(target) != nil else {
      throw UsageError(
        "\(options.operands[1]): mount point does not exist.", hint: false, status: 32)
    }
    let isReadOnly = options.has("r") || (options["o"] ?? "").split(separator: ",").contains("ro")
    if options.has("bind") || (options["o"] ?? "").contains("bind") {
      let place = try files.walk(process.absolute(source), in: "/", process.caller)
      files.mount(
        files.root, at: target, part: place.path, isReadOnly: isReadOnly, source: "/dev/vda1")
      return 0
    }
    guard options["t"] == "tmpfs" || source == "tmpfs" else {
      try await process.writeError(
        "drydock: not simulated: mounting \(source): there is no such device\n")
      return 32
    }
    files.mount(
      FileSystem(timeline: process.machine.timeline, type: "tmpfs"), at: target,
      isReadOnly: isReadOnly, source: "tmpfs")
    return 0
  }

  private func show(_ process: Process, _ options: Options) async throws -> ExitStatus {
    let mounts = process.machine.files.mounts.filter { mount in
      if let wanted = options["t"], wanted != mount.fileSystem.type { return false }
      guard name == "findmnt", let wanted = options["T"] ?? options.operands.first else {
        return true
      }
      if options["T"] != nil { return mount.path == Self.mount(of: wanted, process) }
      return wanted == mount.path || wanted == mount.source
    }
    guard name == "findmnt" else {
      for mount in mounts {
        try await process.write(
          "\(mount.source) on \(mount.path) type \(mount.fileSystem.type) "
            + "(\(mount.isReadOnly ? "ro" : "rw"),relatime)\n")
      }
      return 0
    }
    let titles = (options["o"]?.uppercased() ?? "TARGET,SOURCE,FSTYPE,OPTIONS").split(
      separator: ","
    )
    .map(String.init)
    let rows = mounts.map { mount in
      titles.map { title in
        switch title {
        case "TARGET": mount.path
        case "SOURCE": mount.source
        case "FSTYPE": mount.fileSystem.type
        case "OPTIONS": mount.isReadOnly ? "ro,relatime" : "rw,relatime"
        default: ""
        }
      }
    }
    let all = (options.has("n") ? [] : [titles]) + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let text = all.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 1)
      }.joined() + "\n"
    }
    if !rows.isEmpty { try await process.write(text.joined()) }
    return rows.isEmpty ? 1 : 0
  }

  /// Where the file system of a path is mounted.
  private static func mount(of path: String, _ process: Process) -> String {
    let full = process.absolute(path)
    return process.machine.files.mounts.map(\.path).filter {
      $0 == "/" || full == $0 || full.hasPrefix($0 + "/")
    }.max { $0.count < $1.count } ?? "/"
  }
}
