import Shell
import Simulation

/// Installs and removes packages: `apt-get` and `apt`.
struct PackageManager: Program {
  let name: String

  init(_ name: String) { self.name = name }

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "y,yes,assume-yes q,quiet qq allow-change-held-packages allow-downgrades no-install-recommends "
        + "f,fix-broken o,option= s,simulate,dry-run reinstall purge allow-unauthenticated only-upgrade "
        + "no-upgrade d,download-only fix-missing t= auto-remove installed upgradable a,all-versions "
        + "force-yes", status: 100)
    guard let verb = options.operands.first else {
      try await process.write(
        "apt 2.8.3 (amd64)\nUsage: \(name) [options] command\n\n"
          + "\(name) is a commandline package manager and provides commands for\n"
          + "searching and managing as well as querying information about packages.\n")
      return 1
    }
    if name == "apt", !process.standardOutput.isTerminal {
      try await process.writeError(
        "\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
    }
    let words = Array(options.operands.dropFirst())
    let state = PackageState(machine: process.machine)
    switch verb {
    case "list": return try await list(words, state, process, options)
    case "show", "policy", "search", "madison":
      return try await process.run(["apt-cache", verb] + words)
    case "clean", "autoclean", "check": return 0
    default: break
    }
    guard process.caller.user == 0 else {
      let file = verb == "update" ? "/var/lib/apt/lists/lock" : "/var/lib/dpkg/lock-frontend"
      try await process.writeError(
        "E: Could not open lock file \(file) - open (13: Permission denied)\n"
          + "E: Unable to acquire the dpkg frontend lock (\(file)), are you root?\n")
      return 100
    }
    switch verb {
    case "update": return try await update(state, process)
    case "install": return try await install(words, state, process, options)
    case "upgrade", "dist-upgrade", "full-upgrade":
      let old = state.installed.filter { package in
        !package.isHeld && !package.isRemoved
          && (state.offers(package.name).first.map {
            PackageState.isNewer($0.version, than: package.version)
          } ?? false)
      }
      return try await install(old.map(\.name), state, process, options, isUpgrade: true)
    case "remove", "purge", "autoremove":
      return try await remove(words, state, process, options)
    default:
      try await process.writeError("E: Invalid operation \(verb)\n")
      return 100
    }
  }

  private static let preface =
    "Reading package lists... Done\nBuilding dependency tree... Done\n"
    + "Reading state information... Done\n"

  private func update(_ state: PackageState, _ process: Process) async throws -> ExitStatus {
    try await process.sleep(.milliseconds(900))
    var text = ""
    var problems = ""
    for (index, source) in state.sources.enumerated() {
      let suite = source.suite == "/" ? "" : source.suite
      if let problem = source.problem {
        text += "Err:\(index + 1) \(source.address) \(suite) InRelease\n  \(problem)\n"
        problems +=
          problem.hasPrefix("404")
          ? "E: The repository '\(source.address) \(suite) Release' does not have a Release file.\n"
          : "W: GPG error: \(source.address) \(suite) InRelease: \(problem)\n"
            + "E: The repository '\(source.address) \(suite) InRelease' is not signed.\n"
      } else {
        text += "Hit:\(index + 1) \(source.address) \(suite) InRelease\n"
      }
    }
    try await process.write(text + "Reading package lists... Done\n")
    if name == "apt", problems.isEmpty {
      try await process.write(
        "Building dependency tree... Done\nReading state information... Done\n"
          + "All packages are up to date.\n")
    }
    try await process.writeError(problems)
    return problems.isEmpty ? 0 : 100
  }

  private struct Step {
    let package: SoftwarePackage
    let version: String
    let old: String?
    let source: PackageState.Source
  }

  private func install(
    _ words: [String], _ state: PackageState, _ process: Process, _ options: Options,
    isUpgrade: Bool = false
  ) async throws -> ExitStatus {
    try await process.write(Self.preface)
    var steps: [Step] = []
    var wanted = words.map { ($0, true) }[...]
    var held: [String] = []
    while let (word, isAsked) = wanted.popFirst(), steps.count < 200 {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, !steps.contains(where: { $0.package.name == name }) else {
        continue
      }
      let offers = state.offers(name)
      let known = state.find(name)
      guard !offers.isEmpty || known != nil else {
        try await process.writeError("E: Unable to locate package \(name)\n")
        return 100
      }
      var offer = offers.first
      if parts.count == 2 {
        let version = parts[1]
        let stem = version.hasSuffix("*") ? String(version.dropLast()) : nil
        offer = offers.first { entry in
          stem.map { entry.version.hasPrefix($0) } ?? (entry.version == version)
        }
        guard offer != nil else {
          try await process.writeError("E: Version '\(version)' for '\(name)' was not found\n")
          return 100
        }
        if let stem, let offer {
          try await process.write(
            "Selected version '\(offer.version)' (isv:kubernetes:core:stable:v1.36:pkgs.k8s.io "
              + "[amd64]) for '\(name)' by '\(stem)*'\n")
        }
      }
      guard let offer else { continue }
      if known?.version == offer.version || known != nil && !isAsked {
        if isAsked {
          try await process.write(
            "\(name) is already the newest version (\(known?.version ?? "")).\n")
        }
        continue
      }
      if known?.isHeld == true {
        if isUpgrade { continue }
        held.append(name)
      }
      steps.append(
        Step(
          package: offer.package, version: offer.version, old: known?.version,
          source: offer.source))
      wanted += offer.package.depends.filter { state.find($0) == nil }.map { ($0, false) }
    }
    return try await carryOut(steps, held, state, process, options)
  }

  private func carryOut(
    _ steps: [Step], _ held: [String], _ state: PackageState, _ process: Process,
    _ options: Options
  ) async throws -> ExitStatus {
    let fresh = steps.filter { $0.old == nil }
    let newer = steps.filter { step in
      step.old.map { PackageState.isNewer(step.version, than: $0) } ?? false
    }
    let older = steps.filter { step in
      step.old.map { !PackageState.isNewer(step.version, than: $0) } ?? false
    }
    func told(_ title: String, _ names: [String]) -> String {
      names.isEmpty ? "" : "\(title)\n  \(names.joined(separator: " "))\n"
    }
    var text = told("The following NEW packages will be installed:", fresh.map(\.package.name))
    text += told("The following held packages will be changed:", held)
    text += told("The following packages will be upgraded:", newer.map(\.package.name))
    text += told("The following packages will be DOWNGRADED:", older.map(\.package.name))
    let down = older.isEmpty ? "" : "\(older.count) downgraded, "
    text +=
      "\(newer.count) upgraded, \(fresh.count) newly installed, \(down)0 to remove and 0 not upgraded.\n"
    try await process.write(text)
    if steps.isEmpty { return 0 }
    if !held.isEmpty, options.has("y"), !options.has("allow-change-held-packages") {
      try await process.writeError(
        "E: Held packages were changed and -y was used without --allow-change-held-packages.\n")
      return 100
    }
    if !older.isEmpty, options.has("y"), !options.has("allow-downgrades") {
      try await process.writeError(
        "E: Packages were downgraded and -y was used without --allow-downgrades.\n")
      return 100
    }
    let size = steps.map(\.package.kilobytes).reduce(0, +)
    try await process.write(
      "Need to get \(Self.size(size)) of archives.\nAfter this operation, \(Self.size(size * 3)) of "
        + "additional disk space will be used.\n")
    if options.has("s") { return 0 }
    if !options.has("y"), process.standardInput.isTerminal || process.arguments.count > 2 {
      try await process.write("Do you want to continue? [Y/n] ")
      let answer = try await process.readLine()
      if answer == nil || answer?.lowercased().hasPrefix("n") == true {
        try await process.write("Abort.\n")
        return 1
      }
    }
    return try await unpack(steps, size, state, process)
  }

  private func unpack(
    _ steps: [Step], _ size: Int, _ state: PackageState, _ process: Process
  ) async throws -> ExitStatus {
    for (index, step) in steps.enumerated() {
      try await process.sleep(.milliseconds(300))
      let suite = step.source.suite == "/" ? "" : "\(step.source.suite)/main "
      try await process.write(
        "Get:\(index + 1) \(step.source.address) \(suite)amd64 \(step.package.name) amd64 "
          + "\(step.version) [\(Self.size(step.package.kilobytes))]\n")
    }
    try await process.write("Fetched \(Self.size(size)) in 1s (\(Self.size(size))/s)\n")
    for step in steps {
      let name = step.package.name
      var text = step.old == nil ? "Selecting previously unselected package \(name).\n" : ""
      text +=
        "(Reading database ... 71334 files and directories currently installed.)\n"
        + "Preparing to unpack .../\(name)_\(step.version)_amd64.deb ...\n"
      text +=
        "Unpacking \(name) (\(step.version))"
        + (step.old.map { " over (\($0))" } ?? "") + " ...\n"
      try await process.write(text)
      state.unpack(step.package)
      let isHeld = state.find(name)?.isHeld ?? false
      try state.set(.init(name: name, version: step.version, isHeld: isHeld))
    }
    for step in steps {
      try await process.write("Setting up \(step.package.name) (\(step.version)) ...\n")
      if step.old == nil {
        try await process.write(
          step.package.units.map { $0.install(on: process.machine) }.joined())
      }
      if step.old == nil, let service = step.package.service {
        try await process.write(service.install(on: process.machine))
      }
    }
    return 0
  }

  static func size(_ kilobytes: Int) -> String {
    if kilobytes < 1000 { return "\(kilobytes) kB" }
    let tenths = kilobytes / 100
    return tenths >= 1000 ? "\(tenths / 10) MB" : "\(tenths / 10).\(tenths % 10) MB"
  }

  private func remove(
    _ words: [String], _ state: PackageState, _ process: Process, _ options: Options
  ) async throws -> ExitStatus {
    try await process.write(Self.preface)
    var found: [String] = []
    for name in words {
      if state.find(name) != nil {
        found.append(name)
      } else if state.offers(name).isEmpty {
        try await process.writeError("E: Unable to locate package \(name)\n")
        return 100
      } else {
        try await process.write("Package '\(name)' is not installed, so not removed\n")
      }
    }
    let list =
      found.isEmpty
      ? ""
      : "The following packages will be REMOVED:\n  "
        + found.joined(separator: " ") + "\n"
    try await process.write(
      list + "0 upgraded, 0 newly installed, \(found.count) to remove and 0 not upgraded.\n")
    for name in found {
      guard var package = state.find(name) else { continue }
      if package.isHeld, options.has("y"), !options.has("allow-change-held-packages") {
        try await process.writeError(
          "E: Held packages were changed and -y was used without --allow-change-held-packages.\n")
        return 100
      }
      try await process.write("Removing \(name) (\(package.version)) ...\n")
      for program in state.offers(name).first?.package.programs ?? [] {
        try? process.machine.files.remove("/usr/bin/\(program)")
      }
      state.offers(name).first?.package.service?.remove(from: process.machine)
      package.isRemoved = true
      try state.set(package)
    }
    return 0
  }

  private func list(
    _ words: [String], _ state: PackageState, _ process: Process, _ options: Options
  ) async throws -> ExitStatus {
    var text = "Listing...\n"
    let installed = Dictionary(
      state.installed.filter { !$0.isRemoved }.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let names = Set(installed.keys).union(state.sources.flatMap { $0.packages.map(\.name) })
    for name in names.sorted() {
      if !words.isEmpty, !words.contains(where: { PackageQuery.matches($0, name) }) { continue }
      let known = installed[name]
      let newest = state.offers(name).first?.version
      if options.has("upgradable") {
        guard let known, let newest, PackageState.isNewer(newest, than: known.version) else {
          continue
        }
        text += "\(name)/noble \(newest) amd64 [upgradable from: \(known.version)]\n"
      } else if let known {
        text += "\(name)/noble,now \(known.version) amd64 [installed]\n"
      } else if !options.has("installed"), let newest {
        text += "\(name)/noble \(newest) amd64\n"
      }
    }
    try await process.write(text)
    return 0
  }
}
