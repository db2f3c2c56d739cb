package import Shell
import Simulation

/// Loads and lists profiles: `apparmor_parser`, `aa-status`, `aa-enabled`.
package struct AppArmor: Program {
  package let name: String

  package init(_ name: String) { self.name = name }

  /// The script of the service.
  package static let loader = "apparmor.systemd"

  private static let standard = [
    "/usr/bin/man", "cri-containerd.apparmor.d", "lsb_release", "nvidia_modprobe", "rsyslogd",
    "tcpdump",
  ].map { AppArmorProfile(name: $0) }

  private func profiles(_ process: Process) -> [AppArmorProfile] {
    AppArmorProfile.loaded(on: process.machine) ?? Self.standard
  }

  package func run(_ process: Process) async throws -> ExitStatus {
    switch name {
    case Self.loader:
      // What the service does: every profile of the folder, again. At the boot there was none of
      // those that have come since, though the machine was not looked at before.
      let folder = "/etc/apparmor.d"
      let machine = process.machine
      let isBoot = AppArmorProfile.loaded(on: machine) == nil
      if isBoot { try AppArmorProfile.save(Self.standard, on: machine) }
      let paths = ((try? machine.files.names(in: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
        .filter {
          guard let status = machine.files.status($0), status.kind == .file else { return false }
          return !isBoot || status.modified < machine.booted.nanoseconds
        }
      return paths.isEmpty ? 0 : try await process.run(["apparmor_parser", "-r"] + paths)
    case "aa-enabled":
      try await process.write("Yes\n")
      return 0
    case "aa-status", "apparmor_status":
      guard process.caller.user == 0 else {
        try await process.writeError("You do not have enough privilege to read the profile set.\n")
        return 4
      }
      return try await status(process)
    default: return try await load(process)
    }
  }

  private func status(_ process: Process) async throws -> ExitStatus {
    let all = profiles(process)
    var text = "apparmor module is loaded.\n\(all.count) profiles are loaded.\n"
    for mode in ["enforce", "complain", "prompt", "kill", "unconfined"] {
      let names = all.filter { $0.mode == mode }.map(\.name).sorted()
      text += "\(names.count) profiles are in \(mode) mode.\n"
      text += names.map { "   \($0)\n" }.joined()
    }
    text += "0 processes have profiles defined.\n"
    for mode in ["enforce", "complain", "prompt", "kill"] {
      text += "0 processes are in \(mode) mode.\n"
    }
    text +=
      "0 processes are unconfined but have a profile defined.\n0 processes are in mixed mode.\n"
    try await process.write(text)
    return 0
  }

  private func load(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "q,quiet r,replace a,add R,remove C,Complain v,verbose W,write-cache T K N,names p")
    guard process.caller.user == 0 || options.has("N") else {
      try await process.writeError(
        "\(name): Sorry. You need root privileges to run this program.\n")
      return 1
    }
    var all = profiles(process)
    for path in options.operands.isEmpty ? ["-"] : options.operands {
      let text: String
      do {
        text = String(decoding: try await process.contents(of: path), as: UTF8.self)
      } catch let error as HostError where !error.isBudget {
        try await process.writeError("File \(path) not found, skipping...\n")
        return 2
      }
      let found = AppArmorProfile.read(text)
      guard !found.isEmpty else {
        try await process.writeError(
          "AppArmor parser error for \(path) in profile \(path) at line 1: syntax error, unexpected "
            + "end of file\n")
        return 1
      }
      for var profile in found {
        if options.has("N") {
          try await process.write(profile.name + "\n")
          continue
        }
        let isKnown = all.contains { $0.name == profile.name }
        if options.has("R") {
          guard isKnown else {
            try await process.writeError(
              "\(name): Unable to remove \"\(profile.name)\".  Profile doesn't exist\n")
            return 254
          }
        } else if isKnown, !options.has("r"), options.has("a") {
          try await process.writeError(
            "\(name): Unable to add \"\(profile.name)\".  Profile already exists\n")
          return 239
        }
        all.removeAll { $0.name == profile.name }
        if options.has("C") { profile.mode = "complain" }
        if !options.has("R") { all.append(profile) }
      }
    }
    try AppArmorProfile.save(all, on: process.machine)
    return 0
  }
}

/// A profile as the kernel keeps it: what the processes under it may not do with files.
package struct AppArmorProfile: Hashable, Sendable {
  package let name: String
  /// enforce or complain.
  var mode = "enforce"
  /// `deny PATH LETTERS,` rules.
  private var denials: [Denial] = []

  private struct Denial: Hashable {
    var pattern: String
    var letters: String
  }

  init(name: String) { self.name = name }

  /// As /proc/PID/attr/current tells of a process under it.
  var label: String { "\(name) (\(mode))" }

  /// Whether it forbids an access to a file: `r`, `w` or `x`.
  func forbids(_ letter: Character, _ path: String) -> Bool {
    mode == "enforce"
      && denials.contains { $0.letters.contains(letter) && Self.matches($0.pattern, path) }
  }

  // MARK: text

  /// Variables that tunables/global defines.
  private static let variables: KeyValuePairs = [
    "@{PROC}": "/proc", "@{HOME}": "/{root,home/*}", "@{HOMEDIRS}": "/home", "@{sys}": "/sys",
    "@{pid}": "*", "@{run}": "/run",
  ]

  /// The profiles of a text.
  static func read(_ text: String) -> [AppArmorProfile] {
    var found: [AppArmorProfile] = []
    for line in text.split(separator: "\n") {
      let line = line.trimmedSides
      if line.hasSuffix("{"), !line.hasPrefix("#") {
        let words = line.dropLast().split(separator: " ").map(String.init)
        let isNamed = words.first == "profile" && words.count > 1
        guard isNamed || words.first?.hasPrefix("/") == true else { continue }
        var profile = AppArmorProfile(name: words[isNamed ? 1 : 0].filter { $0 != "\"" })
        if line.contains("complain") { profile.mode = "complain" }
        found.append(profile)
      } else if line.hasSuffix(","), let last = found.indices.last {
        let ignored: Set<String> = ["audit", "owner", "file"]
        let words = line.dropLast().split { $0 == " " || $0 == "\t" }.map(String.init)
          .filter { !ignored.contains($0) }
        guard words.count == 3, words[0] == "deny", "/@".contains(words[1].prefix(1)) else {
          continue
        }
        var pattern = words[1]
        for (name, value) in variables { pattern = pattern.replacing(name, with: value) }
        found[last].denials.append(Denial(pattern: pattern, letters: words[2]))
      }
    }
    return found
  }

  /// AppArmor's globs: `*` and `?` stop at a slash, `**` does not, `{a,b}` are alternatives.
  private static func matches(_ pattern: String, _ path: String) -> Bool {
    alternatives(pattern).contains { Glob($0).matches(path) }
  }

  private static func alternatives(_ pattern: String, limit: Int = 64) -> [String] {
    guard let open = pattern.lastIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}")
    else { return [pattern] }
    let inside = pattern[pattern.index(after: open)..<close]
    let choices = inside.split(separator: ",", omittingEmptySubsequences: false)
    guard choices.count <= limit else { return [pattern] }
    let before = String(pattern[..<open])
    let after = String(pattern[close...].dropFirst())
    return choices.flatMap { choice in
      alternatives(before + choice + after, limit: limit / max(1, choices.count))
    }
  }

  private struct Glob {
    let pattern: [UInt8]
    init(_ text: String) { pattern = Array(text.utf8) }

    func matches(_ path: String) -> Bool {
      let path = Array(path.utf8)
      // Which prefixes of the path the pattern so far can stand for.
      var reached = [Bool](repeating: false, count: path.count + 1)
      reached[0] = true
      var position = 0
      while position < pattern.count {
        let byte = pattern[position]
        var next = [Bool](repeating: false, count: path.count + 1)
        switch byte {
        case UInt8(ascii: "*"):
          let isDeep = position + 1 < pattern.count && pattern[position + 1] == byte
          if isDeep { position += 1 }
          for index in reached.indices {
            let before = index > 0 && next[index - 1] && (isDeep || path[index - 1] != 0x2F)
            next[index] = reached[index] || before
          }
        default:
          for index in path.indices
          where reached[index] && (path[index] == byte || byte == 0x3F && path[index] != 0x2F) {
            next[index + 1] = true
          }
        }
        reached = next
        position += 1
      }
      return reached[path.count]
    }
  }

  // MARK: the kernel's list

  /// One line each: name, mode, and the rules.
  private static let path = "/run/apparmor-profiles"

  /// nil: nothing was loaded since the machine started.
  static func loaded(on machine: Machine) -> [AppArmorProfile]? {
    machine.files.text(path)?.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count >= 2 else { return nil }
      var profile = AppArmorProfile(name: parts[0])
      profile.mode = parts[1]
      for index in stride(from: 2, to: parts.count - 1, by: 2) {
        profile.denials.append(Denial(pattern: parts[index], letters: parts[index + 1]))
      }
      return profile
    }
  }

  static func save(_ profiles: [AppArmorProfile], on machine: Machine) throws(HostError) {
    let lines = profiles.map { profile in
      ([profile.name, profile.mode] + profile.denials.flatMap { [$0.pattern, $0.letters] })
        .joined(separator: "\t") + "\n"
    }
    try machine.files.write(lines.joined(), to: path)
  }

  /// The profile of a name on a machine, if it is loaded there.
  package static func named(_ name: String, on machine: Machine) -> AppArmorProfile? {
    loaded(on: machine)?.first { $0.name == name }
  }

  /// containerd's own, for containers that ask for no other.
  package static let runtimeDefault = AppArmorProfile(name: "cri-containerd.apparmor.d")
}
