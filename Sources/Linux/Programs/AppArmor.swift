import Shell

/// Loads and lists profiles: `apparmor_parser`, `aa-status`, `aa-enabled`.
struct AppArmor: Program {
  let name: String

  init(_ name: String) { self.name = name }

  /// The profiles that are loaded, one line each: its name and its mode.
  private static let path = "/run/apparmor-profiles"
  private static let standard = [
    ("/usr/bin/man", "enforce"), ("cri-containerd.apparmor.d", "enforce"),
    ("lsb_release", "enforce"), ("nvidia_modprobe", "enforce"), ("rsyslogd", "enforce"),
    ("tcpdump", "enforce"),
  ]

  private func profiles(_ process: Process) -> [(String, String)] {
    guard let text = process.machine.files.text(Self.path) else { return Self.standard }
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t").map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  func run(_ process: Process) async throws -> ExitStatus {
    switch name {
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
      let names = all.filter { $0.1 == mode }.map(\.0).sorted()
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
      let found = Self.read(text)
      guard !found.isEmpty else {
        try await process.writeError(
          "AppArmor parser error for \(path) in profile \(path) at line 1: syntax error, unexpected "
            + "end of file\n")
        return 1
      }
      for (profile, isComplaining) in found {
        if options.has("N") {
          try await process.write(profile + "\n")
          continue
        }
        let isKnown = all.contains { $0.0 == profile }
        if options.has("R") {
          guard isKnown else {
            try await process.writeError(
              "\(name): Unable to remove \"\(profile)\".  Profile doesn't exist\n")
            return 254
          }
        } else if isKnown, !options.has("r"), options.has("a") {
          try await process.writeError(
            "\(name): Unable to add \"\(profile)\".  Profile already exists\n")
          return 239
        }
        all.removeAll { $0.0 == profile }
        if !options.has("R") {
          all.append((profile, isComplaining || options.has("C") ? "complain" : "enforce"))
        }
      }
    }
    try process.machine.files.write(
      all.map { "\($0.0)\t\($0.1)\n" }.joined(), to: Self.path)
    return 0
  }

  /// Names of profiles in a text, and whether their flags say complain.
  private static func read(_ text: String) -> [(String, Bool)] {
    var found: [(String, Bool)] = []
    for line in text.split(separator: "\n") {
      let line = line.trimmedSides
      guard line.hasSuffix("{"), !line.hasPrefix("#") else { continue }
      let words = line.dropLast().split(separator: " ").map(String.init)
      let isComplaining = line.contains("complain")
      if words.first == "profile", words.count > 1 {
        found.append((words[1].filter { $0 != "\"" }, isComplaining))
      } else if let first = words.first, first.hasPrefix("/") {
        found.append((first, isComplaining))
      }
    }
    return found
  }
}
