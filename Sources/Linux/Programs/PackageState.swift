import Shell

/// The packages of a machine: what is installed, in dpkg's own file, and what its sources offer.
struct PackageState {
  let machine: Machine
  static let path = "/var/lib/dpkg/status"

  struct Installed {
    var name: String
    var version: String
    var isHeld: Bool
    /// Removed, its settings left.
    var isRemoved = false
  }

  /// Those of the base system; they stand in no file until something changes.
  private static let base = [
    ("apt", "2.8.3"), ("base-files", "13ubuntu10.3"), ("bash", "5.2.21-2ubuntu4"),
    ("coreutils", "9.4-3ubuntu6.1"), ("dash", "0.5.12-6ubuntu5"), ("dpkg", "1.22.6ubuntu6.5"),
    ("grep", "3.11-4build1"), ("gzip", "1.12-1ubuntu3.1"), ("libc6", "2.39-0ubuntu8.6"),
    ("sed", "4.9-2build1"), ("systemd", "255.4-1ubuntu8.11"), ("tar", "1.35+dfsg-3build1"),
    ("util-linux", "2.39.3-9ubuntu6.3"),
  ]

  var installed: [Installed] {
    var found: [Installed] = []
    var current: Installed?
    for line in (machine.files.text(Self.path) ?? "").split(separator: "\n") {
      if line.hasPrefix("Package: ") {
        if let current { found.append(current) }
        current = Installed(name: String(line.dropFirst(9)), version: "", isHeld: false)
      } else if line.hasPrefix("Status: ") {
        current?.isHeld = line.dropFirst(8).hasPrefix("hold")
        current?.isRemoved = !line.hasSuffix(" installed")
      } else if line.hasPrefix("Version: ") {
        current?.version = String(line.dropFirst(9))
      }
    }
    if let current { found.append(current) }
    let names = Set(found.map(\.name))
    found += Self.base.filter { !names.contains($0.0) }.map {
      Installed(name: $0.0, version: $0.1, isHeld: false)
    }
    return found.sorted { $0.name < $1.name }
  }

  func find(_ name: String) -> Installed? {
    installed.first { $0.name == name && !$0.isRemoved }
  }

  func save(_ packages: [Installed]) throws(HostError) {
    try machine.files.makeDirectories("/var/lib/dpkg")
    let text = packages.map { package in
      let state =
        package.isRemoved
        ? "deinstall ok config-files" : "\(package.isHeld ? "hold" : "install") ok installed"
      return "Package: \(package.name)\nStatus: \(state)\nPriority: optional\nSection: admin\n"
        + "Architecture: amd64\nVersion: \(package.version)\n\n"
    }.joined()
    try machine.files.write(text, to: Self.path)
  }

  func set(_ package: Installed) throws(HostError) {
    var all = installed.filter { $0.name != package.name }
    all.append(package)
    try save(all.sorted { $0.name < $1.name })
  }

  // MARK: sources

  /// An archive that the machine's sources name.
  struct Source {
    /// As apt prints it.
    let address: String
    let suite: String
    let packages: [SoftwarePackage]
    /// What is wrong with it.
    var problem: String?
  }

  var sources: [Source] {
    let isDebian = machine.files.text("/etc/os-release")?.contains("ID=debian") == true
    var found = [
      Source(
        address: isDebian ? "http://deb.debian.org/debian" : "http://archive.ubuntu.com/ubuntu",
        suite: isDebian ? "bookworm" : "noble", packages: PackageCatalogue.archive)
    ]
    let folder = "/etc/apt/sources.list.d"
    let names = ((try? machine.files.names(in: folder)) ?? []).filter {
      $0.hasSuffix(".list") || $0.hasSuffix(".sources")
    }
    for name in names.sorted() {
      for line in (machine.files.text("\(folder)/\(name)") ?? "").split(separator: "\n") {
        if let source = source(String(line)) { found.append(source) }
      }
    }
    return found
  }

  private func source(_ line: String) -> Source? {
    let line = line.drop { $0 == " " }
    guard !line.hasPrefix("#"), line.hasPrefix("deb ") || line.hasPrefix("URIs:") else {
      return nil
    }
    let words = line.split(separator: " ").map(String.init)
    guard let address = words.first(where: { $0.hasPrefix("http") }) else { return nil }
    let plain = address.hasSuffix("/") ? String(address.dropLast()) : address
    var problem: String?
    if let start = line.range(of: "signed-by=")?.upperBound {
      let key = String(line[start...].prefix { $0 != "]" && $0 != " " && $0 != "," })
      if machine.files.status(key, in: "/") == nil {
        problem =
          "The following signatures couldn't be verified because the public key is not available: "
          + "NO_PUBKEY 234654DA9A296436"
      }
    }
    let packages: [SoftwarePackage]
    if let mark = plain.range(of: "core:/stable:/v1.")?.upperBound {
      let minor = Int(plain[mark...].prefix { $0.isNumber }) ?? 0
      packages = PackageCatalogue.kubernetes(minor: minor)
    } else if plain.contains("baltocdn.com/helm") || plain.contains("helm-debian") {
      packages = [PackageCatalogue.helm]
    } else if plain.contains("trivy") {
      packages = [PackageCatalogue.trivy]
    } else if plain.contains("falco.org") {
      packages = [PackageCatalogue.falco]
    } else if plain.contains("download.docker.com") {
      packages = PackageCatalogue.docker
    } else {
      packages = []
    }
    if packages.isEmpty { problem = "404  Not Found [IP: 151.101.2.132 443]" }
    return Source(address: plain, suite: words.last ?? "", packages: packages, problem: problem)
  }

  /// Every version of a package that the sources offer, newest first.
  func offers(_ name: String) -> [(version: String, source: Source, package: SoftwarePackage)] {
    sources.filter { $0.problem == nil }.flatMap { source in
      source.packages.filter { $0.name == name }.flatMap { package in
        package.versions.map { ($0, source, package) }
      }
    }.sorted { Self.isNewer($0.version, than: $1.version) }
  }

  /// The numbers of versions compared from the left.
  static func isNewer(_ one: String, than other: String) -> Bool {
    func numbers(_ text: String) -> [Int] { text.split { !$0.isNumber }.compactMap { Int($0) } }
    return numbers(other).lexicographicallyPrecedes(numbers(one))
  }

  /// Puts a package's programs where they are found.
  func unpack(_ package: SoftwarePackage) {
    for program in package.programs {
      if machine.programs[program] == nil,
        let known = Programs.byName[program] ?? machine.host?.programs[program]
      {
        machine.programs[program] = known
      }
      if machine.programs[program] == nil,
        PackageCatalogue.unsimulated.contains(where: { $0.programs.contains(program) })
      {
        machine.programs[program] = UnsimulatedTool(name: program)
      }
      guard machine.programs[program] != nil else { continue }
      try? StandardFiles.install(program: program, into: machine.files)
    }
  }
}

extension Machine {
  /// `v1.36.2`: the version of a package as its publisher counts, when it is installed.
  package func installedVersion(of package: String) -> String? {
    PackageState(machine: self).find(package).map { "v" + $0.version.prefix { $0 != "-" } }
  }
}

extension StringProtocol {
  /// Where a text stands.
  func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
