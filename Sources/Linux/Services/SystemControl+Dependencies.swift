import Shell

/// `systemctl list-dependencies`: what a unit needs and wants, as a tree.
extension SystemControlRun {
  func dependencies(_ names: [String]) async throws -> ExitStatus {
    for name in names.isEmpty ? ["default.target"] : names {
      guard services.unit(name) != nil || name.hasSuffix(".target") else {
        try await process.writeError("Unit \(name) could not be found.\n")
        return 1
      }
      var text = name + "\n"
      var seen: Set<String> = [name]
      tree(name, prefix: "", into: &text, &seen, depth: 0)
      try await process.write(text)
    }
    return 0
  }

  private func mark(_ name: String) -> String {
    // What is not a service of its own here (targets, slices) is reached when the machine is up.
    guard services.unit(name) != nil else { return "\u{25CF}" }
    return switch services.states[name]?.activity ?? .inactive {
    case .failed: "\u{D7}"
    case .inactive: "\u{25CB}"
    default: "\u{25CF}"
    }
  }

  private func tree(
    _ name: String, prefix: String, into text: inout String, _ seen: inout Set<String>, depth: Int
  ) {
    guard depth < 8 else { return }
    let found = options.has("reverse") ? wanting(name) : wanted(by: name)
    for (place, other) in found.enumerated() {
      let isLast = place + 1 == found.count
      if options.has("plain") {
        text += String(repeating: " ", count: 2 * (depth + 1)) + other + "\n"
      } else {
        text += "\(mark(other)) \(prefix)\(isLast ? "\u{2514}" : "\u{251C}")\u{2500}\(other)\n"
      }
      // Only targets are opened, unless all are asked for.
      guard other.hasSuffix(".target") || options.has("a"), seen.insert(other).inserted else {
        continue
      }
      tree(
        other, prefix: prefix + (isLast ? "  " : "\u{2502} "), into: &text, &seen,
        depth: depth + 1)
    }
  }

  /// Targets come last, as systemctl sorts them.
  private func sorted(_ names: Set<String>) -> [String] {
    names.sorted {
      let (a, b) = ($0.hasSuffix(".target"), $1.hasSuffix(".target"))
      return a == b ? $0.lowercased() < $1.lowercased() : b
    }
  }

  private func wanted(by name: String) -> [String] {
    var names: Set<String> = []
    let unit = services.unit(name)
    for key in ["Requires", "Requisite", "Wants", "BindsTo"] {
      for line in unit?.all("Unit", key) ?? [] {
        names.formUnion(line.split(separator: " ").map(String.init))
      }
    }
    for kind in ["wants", "requires"] {
      names.formUnion(
        (try? process.machine.files.names(in: "/etc/systemd/system/\(name).\(kind)")) ?? [])
    }
    if name == "default.target" { names.insert("multi-user.target") }
    if name == "multi-user.target" { names.insert("basic.target") }
    if name == "basic.target" { names.insert("sysinit.target") }
    // DefaultDependencies=yes.
    if let unit, name.hasSuffix(".service"), unit["Unit", "DefaultDependencies"] != "no" {
      names.formUnion(["system.slice", "sysinit.target"])
    }
    return sorted(names)
  }

  private func wanting(_ name: String) -> [String] {
    var names = Set(
      services.wantsFolders.filter {
        process.machine.files.status("\($0)/\(name)", followingLinks: false) != nil
      }.compactMap { $0.split(separator: "/").last.map { String($0.dropLast(".wants".count)) } })
    for other in services.allNames() where other != name && wanted(by: other).contains(name) {
      names.insert(other)
    }
    return sorted(names)
  }
}
