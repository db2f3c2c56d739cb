import Shell

/// Looks into the package lists: `apt-cache`, `apt-mark`, `dpkg`, and `apt-key`, which is no more.
struct PackageQuery: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let state = PackageState(machine: process.machine)
    switch name {
    case "apt-mark": return try await mark(state, process)
    case "apt-cache": return try await cache(state, process)
    case "apt-key":
      try await process.writeError(
        "Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see "
          + "apt-key(8)).\n")
      if process.arguments.last == "-" { _ = try await process.readAll() }
      try await process.write("OK\n")
      return 0
    default: return try await dpkg(state, process)
    }
  }

  private func mark(_ state: PackageState, _ process: Process) async throws -> ExitStatus {
    guard let verb = process.arguments.first else {
      try await process.writeError("E: No operation\n")
      return 1
    }
    let names = process.arguments.dropFirst().filter { !$0.hasPrefix("-") }
    switch verb {
    case "showhold":
      let held = state.installed.filter { $0.isHeld && !$0.isRemoved }
      try await process.write(held.map { $0.name + "\n" }.joined())
      return 0
    case "hold", "unhold":
      guard process.caller.user == 0 else {
        try await process.writeError(
          "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
        )
        return 100
      }
      for name in names {
        guard var package = state.find(name) else {
          guard state.offers(name).isEmpty else {
            // A package may be held before it is there.
            try await process.write(
              verb == "hold" ? "\(name) set on hold.\n" : "\(name) was already not on hold.\n")
            continue
          }
          try await process.writeError(
            "E: Unable to locate package \(name)\nE: No packages found\n")
          return 100
        }
        let wants = verb == "hold"
        if package.isHeld == wants {
          try await process.write(
            "\(name) was already \(wants ? "" : "not ")set on hold.\n"
              .replacingAlready)
        } else {
          try await process.write(wants ? "\(name) set on hold.\n" : "Canceled hold on \(name).\n")
        }
        package.isHeld = wants
        try state.set(package)
      }
      return 0
    case "auto", "manual":
      for name in names {
        try await process.write(
          "\(name) set to \(verb == "auto" ? "automatically" : "manually") installed.\n")
      }
      return 0
    case "showmanual", "showauto":
      if verb == "showmanual" {
        try await process.write(state.installed.map { $0.name + "\n" }.joined())
      }
      return 0
    default:
      try await process.writeError("E: Invalid operation \(verb)\n")
      return 100
    }
  }

  private func cache(_ state: PackageState, _ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard let verb = words.first else {
      try await process.writeError("E: Invalid operation\n")
      return 1
    }
    for name in words.dropFirst() {
      let offers = state.offers(name)
      let known = state.find(name)
      switch verb {
      case "madison":
        let widest = offers.map { $0.version.count }.max() ?? 0
        try await process.write(
          offers.map { offer in
            let pad = String(repeating: " ", count: widest - offer.version.count)
            let suite = offer.source.suite == "/" ? "" : " \(offer.source.suite)/main amd64"
            return String(repeating: " ", count: max(0, 10 - name.count))
              + "\(name) | \(pad)\(offer.version) | \(offer.source.address)\(suite)  Packages\n"
          }.joined())
      case "policy":
        guard !offers.isEmpty || known != nil else {
          try await process.writeError("N: Unable to locate package \(name)\n")
          continue
        }
        var text =
          "\(name):\n  Installed: \(known?.version ?? "(none)")\n"
          + "  Candidate: \(offers.first?.version ?? known?.version ?? "(none)")\n  Version table:\n"
        for offer in offers {
          let isOwn = offer.version == known?.version
          text += " \(isOwn ? "***" : "   ") \(offer.version) 500\n"
          text += "        500 \(offer.source.address)  Packages\n"
          if isOwn { text += "        100 \(PackageState.path)\n" }
        }
        try await process.write(text)
      case "show":
        guard let offer = offers.first else {
          try await process.writeError("E: No packages found\n")
          return 100
        }
        try await process.write(
          "Package: \(name)\nVersion: \(offer.version)\nArchitecture: amd64\n"
            + "Installed-Size: \(offer.package.kilobytes * 3)\n"
            + (offer.package.depends.isEmpty
              ? "" : "Depends: \(offer.package.depends.joined(separator: ", "))\n")
            + "Description: \(offer.package.summary)\n\n")
      case "search":
        for package in state.sources.flatMap(\.packages)
        where package.name.contains(name) || package.summary.lowercased().contains(name) {
          try await process.write("\(package.name) - \(package.summary)\n")
        }
      default:
        try await process.writeError("drydock: not simulated: apt-cache \(verb)\n")
        return 1
      }
    }
    return 0
  }

  /// Shell patterns of package names.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    guard pattern.contains("*") else { return pattern == name }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard name.hasPrefix(parts.first ?? ""), name.hasSuffix(parts.last ?? "") else { return false }
    return parts.dropFirst().dropLast().allSatisfy { name.contains($0) }
  }

  private func dpkg(_ state: PackageState, _ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "l,list s,status i,install L,listfiles S,search r,remove P,purge print-architecture "
        + "get-selections V,verify configure a,pending version force-all", status: 2)
    let installed = state.installed
    func chosen(_ package: PackageState.Installed) -> Bool {
      options.operands.isEmpty || options.operands.contains { Self.matches($0, package.name) }
    }
    if options.has("print-architecture") {
      try await process.write("amd64\n")
      return 0
    }
    if options.has("get-selections") {
      try await process.write(
        installed.filter(chosen).map {
          "\($0.name)\t\t\t\t\t\($0.isRemoved ? "deinstall" : $0.isHeld ? "hold" : "install")\n"
        }.joined())
      return 0
    }
    if options.has("l") {
      let shown = installed.filter(chosen)
      guard !shown.isEmpty else {
        for name in options.operands {
          try await process.writeError("dpkg-query: no packages found matching \(name)\n")
        }
        return 1
      }
      try await process.write(table(shown))
      return 0
    }
    if options.has("s") {
      var status: ExitStatus = 0
      for name in options.operands {
        guard let package = state.find(name) else {
          try await process.writeError(
            "dpkg-query: package '\(name)' is not installed and no information is available\n")
          status = 1
          continue
        }
        try await process.write(
          "Package: \(name)\nStatus: \(package.isHeld ? "hold" : "install") ok installed\n"
            + "Priority: optional\nSection: admin\nArchitecture: amd64\n"
            + "Version: \(package.version)\n\n")
      }
      return status
    }
    if options.has("i") { return try await install(options.operands, state, process) }
    if options.has("S") { return try await search(options.operands, installed, state, process) }
    if options.has("L") {
      for name in options.operands {
        guard state.find(name) != nil else {
          try await process.writeError("dpkg-query: package '\(name)' is not installed\n")
          return 1
        }
        let files = Self.files(of: name, state, process.machine)
        try await process.write(
          "/.\n/usr\n/usr/bin\n" + files.map { $0 + "\n" }.joined())
      }
      return 0
    }
    try await process.writeError("drydock: not simulated: dpkg \(process.arguments.first ?? "")\n")
    return 2
  }

  /// The programs of a package where they lie.
  private static func files(
    of name: String, _ state: PackageState, _ machine: Machine
  ) -> [String] {
    let package = state.offers(name).first?.package
    let own = ["coreutils": "ls cat cp mv rm chmod chown head tail sort", "bash": "bash"][name]
    let programs =
      own?.split(separator: " ").map(String.init)
      ?? package.map { $0.programs.isEmpty ? [name] : $0.programs } ?? [name]
    let folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
    let found = programs.compactMap { program in
      folders.map { "\($0)/\(program)" }.first { machine.files.status($0) != nil }
    }
    let server = package?.service?.path
    return found + [server].compactMap(\.self).filter { !found.contains($0) }
  }

  /// Which package a file belongs to.
  private func search(
    _ patterns: [String], _ installed: [PackageState.Installed], _ state: PackageState,
    _ process: Process
  ) async throws -> ExitStatus {
    var status: ExitStatus = 0
    for pattern in patterns {
      // What holds no wildcard and no slash may stand anywhere in a path.
      let wanted = pattern.contains("*") || pattern.hasPrefix("/") ? pattern : "*\(pattern)*"
      var lines: [String] = []
      for package in installed where !package.isRemoved {
        for path in Self.files(of: package.name, state, process.machine)
        where Self.matches(wanted, path) { lines.append("\(package.name): \(path)\n") }
      }
      if lines.isEmpty {
        try await process.writeError("dpkg-query: no path found matching pattern \(pattern)\n")
        status = 1
      }
      try await process.write(lines.joined())
    }
    return status
  }

  private func table(_ packages: [PackageState.Installed]) -> String {
    let name = max(14, packages.map(\.name.count).max() ?? 0)
    let version = max(12, packages.map(\.version.count).max() ?? 0)
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    var text =
      "Desired=Unknown/Install/Remove/Purge/Hold\n"
      + "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
      + "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
      + "||/ \(pad("Name", name)) \(pad("Version", version)) Architecture Description\n"
      + "+++-\(String(repeating: "=", count: name))-\(String(repeating: "=", count: version))"
      + "-============-=================================\n"
    for package in packages {
      let state = package.isRemoved ? "rc" : package.isHeld ? "hi" : "ii"
      let summary = PackageCatalogue.archive.first { $0.name == package.name }?.summary ?? ""
      text +=
        "\(state)  \(pad(package.name, name)) \(pad(package.version, version)) amd64        "
        + "\(summary)\n"
    }
    return text
  }
}

extension String {
  /// apt-mark says `was already set on hold` and `was already not on hold`.
  fileprivate var replacingAlready: String {
    contains("not set on hold")
      ? split(separator: "not set on hold").joined(separator: "not on hold") : self
  }
}

/// Alpine's package manager: `apk`.
struct AlpinePackages: Program {
  let name = "apk"

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") }
    guard let verb = words.first else {
      try await process.write("apk-tools 2.14.9, compiled for x86_64.\n")
      return 1
    }
    guard process.caller.user == 0 else {
      try await process.writeError("ERROR: Unable to lock database: Permission denied\n")
      return 99
    }
    let fetch =
      "fetch https://dl-cdn.alpinelinux.org/alpine/v3.22/main/x86_64/APKINDEX.tar.gz\n"
      + "fetch https://dl-cdn.alpinelinux.org/alpine/v3.22/community/x86_64/APKINDEX.tar.gz\n"
    switch verb {
    case "update":
      try await process.write(fetch + "OK: 25398 distinct packages available\n")
    case "add":
      let state = PackageState(machine: process.machine)
      var text = process.arguments.contains("--no-cache") ? fetch : ""
      let names = words.dropFirst().map { ["bind-tools": "dnsutils"][$0] ?? $0 }
      for (index, name) in names.enumerated() {
        let found = PackageCatalogue.archive.first { $0.name == name }
        let program = Programs.byName[name]
        guard found != nil || program != nil else {
          try await process.writeError(
            "ERROR: unable to select packages:\n  \(name) (no such package):\n    required by: "
              + "world[\(name)]\n")
          return 1
        }
        let package =
          found ?? SoftwarePackage(name: name, versions: ["1.0-r0"], programs: [name])
        state.unpack(package)
        let version = package.versions[0].split(separator: "-").first ?? "1.0"
        text += "(\(index + 1)/\(names.count)) Installing \(name) (\(version)-r0)\n"
      }
      try await process.write(
        text + "Executing busybox-1.37.0-r18.trigger\nOK: 12 MiB in 24 packages\n")
    case "del", "upgrade", "cache": try await process.write("OK: 8 MiB in 15 packages\n")
    default:
      try await process.writeError("drydock: not simulated: apk \(verb)\n")
      return 1
    }
    return 0
  }
}
