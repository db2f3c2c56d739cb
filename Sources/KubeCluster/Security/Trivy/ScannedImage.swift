import KubeNode

/// What scanners find in an image: its distribution's packages and compiled programs, each as old
/// as the image's tag.
struct ScannedImage {
  struct Package: Hashable {
    var name: String
    var version: String
  }

  /// One kind of contents, as a scanner reports it.
  struct Part {
    /// debian, alpine, ubuntu; gobinary for a compiled program.
    var kind: String
    /// The distribution's version, or the program's path.
    var version: String
    var packages: [Package]
    var weaknesses: [VulnerabilityReport.Finding]

    var isDistribution: Bool { kind != "gobinary" }

    /// pkg:deb/debian/libc6@2.36-9?distro=debian-12.12
    func address(of package: Package) -> String {
      switch kind {
      case "gobinary": "pkg:golang/\(package.name)@\(package.version)"
      case "alpine": "pkg:apk/alpine/\(package.name)@\(package.version)?distro=\(version)"
      default:
        "pkg:deb/\(kind)/\(package.name)@\(package.version)?arch=amd64&distro=\(kind)-\(version)"
      }
    }
  }

  let name: String
  let parts: [Part]

  init(name: String, parts: [Part]) {
    self.name = name
    self.parts = parts
  }

  init(_ reference: ImageReference, _ image: Image, as name: String) {
    self.name = name
    let year = Self.age(reference)
    var parts: [Part] = []
    if let release = Self.release(reference, image, year) {
      parts.append(Self.part(release, year))
    }
    if let minor = Self.kubernetesMinor(reference) {
      let go = DistributionPackages.goVersions[minor] ?? 26
      let program = reference.repository.split(separator: "/").last.map(String.init) ?? ""
      let found = Weakness.all.compactMap { weakness in
        weakness.repaired(in: "go").flatMap { repaired in
          Self.number(repaired) > go ? (weakness, "v1.\(go).0", repaired) : nil
        }
      }
      parts.append(
        Part(
          kind: "gobinary", version: "usr/local/bin/\(program)",
          packages: [.init(name: "stdlib", version: "v1.\(go).0")], weaknesses: found))
    }
    self.parts = parts
  }

  private static func number(_ version: String) -> Int {
    version.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  /// A distribution's packages in an image of that year, and what was not repaired by then.
  private static func part(_ release: (kind: String, version: String), _ year: Double) -> Part {
    let key = DistributionPackages.key(release.kind, release.version)
    var packages: [Package] = []
    var weaknesses: [VulnerabilityReport.Finding] = []
    for (name, base) in DistributionPackages.packages(of: key) {
      let known = Weakness.known(of: name, in: key)
      let installed =
        known.last { !$0.repaired.isEmpty && $0.weakness.year <= year }?.repaired ?? base
      packages.append(.init(name: name, version: installed))
      weaknesses += known.filter { $0.repaired.isEmpty || $0.weakness.year > year }
        .map { ($0.weakness, installed, $0.repaired) }
        .sorted { $0.0.id < $1.0.id }
    }
    return Part(
      kind: release.kind, version: release.version, packages: packages, weaknesses: weaknesses)
  }

  /// What distribution an image is made of; nil: none.
  private static func release(
    _ reference: ImageReference, _ image: Image, _ year: Double
  ) -> (kind: String, version: String)? {
    let tag = reference.tag ?? "latest"
    let name = reference.repository.split(separator: "/").last.map(String.init) ?? ""
    let numbers = tag.split { !$0.isNumber }.compactMap { Int($0) }
    switch name {
    case "alpine":
      let minor = tag.first?.isNumber == true ? numbers.dropFirst().first ?? 22 : 22
      return ("alpine", "3.\(max(9, min(22, minor))).3")
    case "ubuntu":
      let codes = ["bionic": 18, "focal": 20, "jammy": 22]
      let major = codes[tag] ?? (tag.first?.isNumber == true ? numbers.first ?? 24 : 24)
      return ("ubuntu", "\(major < 20 ? 18 : major < 22 ? 20 : major < 24 ? 22 : 24).04")
    case "debian":
      let codes = ["stretch": 9, "buster": 10, "bullseye": 11, "bookworm": 12]
      let word = String(tag.prefix { $0 != "-" })
      let major = codes[word] ?? (tag.first?.isNumber == true ? numbers.first ?? 13 : 13)
      return ("debian", debian(max(9, min(13, major))))
    default: break
    }
    if kubernetesMinor(reference) != nil { return ("debian", debian(year < 2023.5 ? 11 : 12)) }
    if image.userland == .none || image.userland == .busybox { return nil }
    if image.userland == .alpine || tag.contains("alpine") {
      return ("alpine", "3.\(max(9, min(22, Int((year - 2015) * 2)))).3")
    }
    for (word, major) in [("buster", 10), ("bullseye", 11), ("bookworm", 12), ("trixie", 13)]
    where tag.contains(word) {
      return ("debian", debian(major))
    }
    return (
      "debian",
      debian(year < 2019.5 ? 9 : year < 2021.8 ? 10 : year < 2023.6 ? 11 : year < 2025.7 ? 12 : 13)
    )
  }

  private static func debian(_ major: Int) -> String {
    [9: "9.13", 10: "10.13", 11: "11.11", 12: "12.12", 13: "13.2"][major] ?? "\(major)"
  }

  /// The minor release of one of Kubernetes' own images.
  private static func kubernetesMinor(_ reference: ImageReference) -> Int? {
    guard reference.registry == "registry.k8s.io" || reference.registry == "k8s.gcr.io",
      let name = reference.repository.split(separator: "/").last,
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].contains(name),
      let tag = reference.tag
    else { return nil }
    let numbers = tag.split { !$0.isNumber }.compactMap { Int($0) }
    return numbers.count >= 2 ? numbers[1] : nil
  }

  /// When a tag was made, as a year with a fraction; a moving tag is fresh.
  private static func age(_ reference: ImageReference) -> Double {
    let tag = reference.tag ?? "latest"
    let numbers = tag.split { !$0.isNumber }.prefix(2).compactMap { Double($0) }
    guard tag.first?.isNumber == true || tag.hasPrefix("v"), let major = numbers.first else {
      return 2026.4
    }
    let minor = numbers.dropFirst().first ?? 0
    if kubernetesMinor(reference) != nil { return min(2026.4, 2020.65 + (minor - 19) * 0.33) }
    switch reference.repository.split(separator: "/").last.map(String.init) ?? "" {
    case "nginx": return numbers.count < 2 ? 2026.4 : min(2026.4, 2018.3 + (minor - 14) * 0.53)
    case "httpd": return minor == 4 && numbers.count == 2 ? 2026.4 : 2023.2
    case "redis": return major < 5 ? 2018 : major < 6 ? 2019.5 : major < 7 ? 2021.3 : 2023.5
    case "alpine": return min(2026.4, 2019.4 + (minor - 10) * 0.5)
    case "python": return min(2026.4, 2019.8 + (minor - 8) * 1)
    case "node": return min(2026.4, 2018.3 + (major - 10) / 2)
    case "mysql", "postgres", "mariadb", "mongo": return major >= 15 ? 2024 : 2020.5
    case "ubuntu", "debian": return major > 15 ? 2000 + major : 2013 + major
    default: return 2021.2
    }
  }
}
